/** Untrusted text from servers is cleaned before it reaches the terminal, and passwords never do, for any command. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { doctor } from '../../src/commands/doctor.ts';
import { ensureBundle } from '../../src/development/bundle.ts';
import { startQbittorrentSimulator } from '../../src/simulator/index.ts';
import type { QbittorrentSimulator } from '../../src/simulator/index.ts';
import { serve } from '../http/server.ts';
import { createTerminal } from './terminal.ts';

/** A title, a colour, C1, DEL, a new line, a reversed reading direction, an invisible character. */
const HOSTILE =
  '\u001b]0;title\u0007\u001b[31mred\u009b2J\u007f\nok   Configuration\r\u202egpj\u2066\u200b\u{e0041}';

const bundle = await ensureBundle();

const ACTING = /(?!\n)[\p{Cc}\p{Cf}\u2028\u2029]/u;

/** An ntfy that rejects everything with this text. */
const startHostileNtfy = () =>
  serve((_, outgoing) =>
    outgoing
      .writeHead(403)
      .end(JSON.stringify({ code: 40301, http: 403, error: `${HOSTILE} ftp://me:planted@h` })),
  );

function setHooks({ preferences }: QbittorrentSimulator, added: string): void {
  Object.assign(preferences, {
    autorun_on_torrent_added_enabled: true,
    autorun_on_torrent_added_program: added,
    autorun_enabled: true,
    autorun_program: `curl -X POST "http://me:planted@${HOSTILE.replace('\n', '')}.example.org:9090/finished?hash=%K"`,
  });
}

const envOf = (ntfy: string, qbittorrent?: QbittorrentSimulator): Record<string, string> => ({
  NTFY_TOPIC: `${ntfy}downloads`,
  ...(qbittorrent && {
    QBIT_HOST: qbittorrent.url,
    QBIT_USER: qbittorrent.username,
    QBIT_PASS: qbittorrent.password,
  }),
});

function assertPlain(text: string): void {
  assert.ok(text.length > 20, text);
  assert.doesNotMatch(text, ACTING);
  assert.doesNotMatch(text, /planted/);
}

/** The output of a command as a process. */
function run(args: string[], env: Record<string, string>): Promise<{ text: string }> {
  return new Promise((resolve) => {
    const options = {
      cwd: new URL('../../', import.meta.url),
      env: { PATH: process.env['PATH'] ?? '', ...env },
    };
    execFile(process.execPath, [bundle, ...args], options, (_, out, err) => resolve({ text: out + err }));
  });
}

const LINES = {
  'of the sidecar': `curl -X POST "http://me:planted@localhost:9090/track?hash=%K"`,
  'of the sidecar, with control characters in its address': `curl -X POST "http://me:planted@a${HOSTILE.replace('\n', '')}:9090/track?hash=%K"`,
  'of a foreign command': `notify${HOSTILE} --url http://me:planted@elsewhere/ -u me:planted --key planted`,
};

for (const [title, line] of Object.entries(LINES)) {
  test(`a hook line ${title}, and an ntfy that answers control characters: doctor and install-hook print plain text`, async () => {
    await using qbittorrent = await startQbittorrentSimulator();
    await using ntfy = await startHostileNtfy();
    const env = envOf(ntfy.url, qbittorrent);
    setHooks(qbittorrent, line);
    const report = await run(['doctor'], env);
    assertPlain(report.text);
    // An injected line would be a second one.
    assert.equal(report.text.match(/^ok {3}Configuration/gm)?.length, 1, report.text);
    assertPlain((await run(['install-hook'], env)).text);

    setHooks(qbittorrent, line);
    const json = createTerminal(env);
    await doctor({ json: true }, json.terminal);
    assertPlain(json.out());
    const { findings } = JSON.parse(json.out()) as { findings: unknown[] };
    assert.ok(findings.length > 10);

    const pretty = createTerminal(env, true);
    await doctor({ json: false }, pretty.terminal);
    const colours = /\u001b\[(?:3[123]|90|39)m/g; // oxlint-disable-line no-control-regex -- those of the symbols
    assert.equal(
      pretty.out().match(colours)?.length,
      2 * findings.length,
      'one colour a symbol, and its end',
    );
    assertPlain(pretty.out().replaceAll(colours, ''));
  });
}

test('a rejection by ntfy, and mistyped arguments, are printed as plain text', async () => {
  await using ntfy = await startHostileNtfy();
  const env = envOf(ntfy.url);
  const ended = await Promise.all(
    [
      ['test-notification'],
      ['install-hook', '--url', `http://me:planted@${HOSTILE}`],
      [`fly${HOSTILE}://me:planted@h`],
      ['doctor', `--${HOSTILE}://me:planted@h`],
    ].map((args) => run(args, env)),
  );
  for (const { text } of ended) assertPlain(text);
  assert.match(ended[0]?.text ?? '', /refused: .*\\u001b\]0;title/);
});
