import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { createLogger, type Logger, type LoggerOptions } from '../../src/log/index.ts';
import { secret } from '../../src/util/secret.ts';

/** A hostile torrent name: a new line, a colour, a title, C1, DEL, a reversed ending. */
const hostile =
  'a"b\r\n12:00:00 error fake \u001b[31m\u001b]0;t\u0007\u009b2J\u007f\u2028\u202egpj.exe\u2066\u200b\u00ad\ufeff\u{e0041}';

// oxlint-disable-next-line no-control-regex -- the test searches for them
const acting = /(?!\n)[\p{Cc}\p{Cf}\u2028\u2029]/u;

function logTo(lines: string[], options: Partial<LoggerOptions> = {}): Logger {
  return createLogger({ level: 'info', pretty: false, write: (line) => lines.push(line), ...options });
}

/** Runs `work` and returns the one line that it logged, parsed. */
function logged(use: (log: Logger) => void, options: Partial<LoggerOptions> = {}): Record<string, unknown> {
  const lines: string[] = [];
  use(logTo(lines, options));
  assert.equal(lines.length, 1);
  return parse(lines[0]);
}

function parse(line = ''): Record<string, unknown> {
  const data: Record<string, unknown> = JSON.parse(line);
  return data;
}

describe('a JSON log line', () => {
  test('contains time, level, message and fields', () => {
    const { time, ...rest } = logged((log) => log.info('tracked', { hash: 'abc', progress: 0.5 }));
    assert.match(String(time), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    assert.deepEqual(rest, { level: 'info', message: 'tracked', hash: 'abc', progress: 0.5 });
  });

  test('is not written below the minimum level', () => {
    const lines: string[] = [];
    const log = logTo(lines, { level: 'warn' });
    log.debug('no');
    log.info('no');
    log.warn('yes');
    log.error('yes');
    assert.deepEqual(
      lines.map((line) => parse(line)['level']),
      ['warn', 'error'],
    );
  });

  test('contains the fields of its logger, and its own take precedence, each written once', () => {
    const lines: string[] = [];
    logTo(lines).child({ hash: 'a', actor: 'torrent' }).child({ hash: 'b' }).info('x', { actor: 'outbox' });
    assert.equal(lines[0]?.match(/"actor"/g)?.length, 1);
    assert.match(lines[0] ?? '', /"hash":"b","actor":"outbox"|"actor":"outbox","hash":"b"/);
  });

  test('keeps its time, level and message whatever the fields are called', () => {
    const line = logged((log) => log.info('real', { message: 'fake', level: 'fake', time: 'fake' }));
    assert.equal(line['message'], 'real');
    assert.equal(line['level'], 'info');
    assert.equal(line['message_'], 'fake');
  });

  test('stays one line with a hostile name, which is parsed back unchanged', () => {
    const lines: string[] = [];
    logTo(lines).info(hostile, { name: hostile, [hostile]: [hostile], deep: { name: hostile } });
    const [line = ''] = lines;
    assert.equal(line.indexOf('\n'), line.length - 1);
    assert.doesNotMatch(line, acting);
    assert.equal(parse(line)['name'], hostile);
  });

  test('does not replace placeholders in the message', () => {
    assert.equal(logged((log) => log.info('100%s %d {name}', { name: 'x' }))['message'], '100%s %d {name}');
  });
});

describe('the values in a log line', () => {
  test('secrets are three stars, at any depth', () => {
    const lines: string[] = [];
    const token = secret('planted-4711');
    for (const pretty of [false, true]) {
      logTo(lines, { pretty })
        .child({ token })
        .error(String(token), { token, deep: [{ token }], map: { token } });
    }
    assert.doesNotMatch(lines.join(''), /planted/);
    assert.match(lines.join(''), /\*\*\*/);
  });

  test('a login in an address is three stars, anywhere in the text', () => {
    const lines: string[] = [];
    const url = 'https://planted-user:planted@pass@host.example.org:8443/path?x=a@b';
    for (const pretty of [false, true]) {
      logTo(lines, { pretty, level: 'debug' })
        .child({ url: url })
        .error(`no answer from ${url}`, {
          [url]: [url],
          error: new Error(url),
        });
    }
    assert.doesNotMatch(lines.join(''), /planted/);
    assert.ok(lines.every((line) => line.includes('https://***@host.example.org:8443/path?x=a@b')));
    assert.equal(parse(lines[0])['url'], 'https://***@host.example.org:8443/path?x=a@b');
  });

  test('errors are name, message, code and cause', () => {
    const error = Object.assign(new TypeError('fetch failed', { cause: new Error('refused') }), {
      code: 'E',
    });
    const line = logged((log) => log.error('x', { error }));
    const cause = { name: 'Error', message: 'refused' };
    assert.deepEqual(line['error'], { name: 'TypeError', message: 'fetch failed', code: 'E', cause });
  });

  test('errors include their stack at level debug only', () => {
    const line = logged((log) => log.error('x', { error: new Error('boom') }), { level: 'debug' });
    assert.match(JSON.stringify(line['error']), /"stack":.*logger\.test/);
  });

  test('values that JSON cannot represent cause no failure', () => {
    const circular: Record<string, unknown> = { big: 2n ** 70n };
    circular['self'] = circular;
    const loop = new Error('loop');
    loop.cause = loop;
    const deep = Array.from({ length: 50 }).reduce<unknown>((inner) => ({ inner }), 'end');
    const line = logged((log) => log.info('x', { circular, loop, deep, nothing: undefined, run() {} }));
    assert.deepEqual(line['circular'], { big: String(2n ** 70n), self: '[circular]' });
    assert.match(JSON.stringify(line['deep']), /\[deep\]/);
  });

  test('with a value that throws when it is read, the line is written without its fields', () => {
    const trap = {
      get name(): string {
        throw new Error('trap');
      },
    };
    const line = logged((log) => log.warn('still logged', trap));
    assert.equal(line['message'], 'still logged');
    assert.equal(logged((log) => log.warn('still logged', { deep: { trap } }))['message'], 'still logged');
  });
});

describe('a log line on a terminal', () => {
  test('is coloured text, with the fields after the message', () => {
    const lines: string[] = [];
    logTo(lines, { pretty: true }).warn('ntfy is slow', { ms: 1200, name: 'two words' });
    assert.match(lines[0] ?? '', /\u001b\[33mwarn/); // oxlint-disable-line no-control-regex -- a colour
    const text = (lines[0] ?? '').replaceAll(/\u001b\[\d+m/g, ''); // oxlint-disable-line no-control-regex
    assert.match(text, /^\d\d:\d\d:\d\d warn {2}ntfy is slow ms=1200 name="two words"\n$/);
  });

  test('stays one line with a hostile name', () => {
    const lines: string[] = [];
    logTo(lines, { pretty: true }).info(hostile, { name: hostile, [hostile]: [hostile] });
    const line = (lines[0] ?? '').replaceAll(/\u001b\[\d\dm/g, ''); // oxlint-disable-line no-control-regex
    assert.equal(line.indexOf('\n'), line.length - 1);
    assert.doesNotMatch(line, /\u001b/); // oxlint-disable-line no-control-regex
    assert.doesNotMatch(line.replaceAll('\n', ''), acting);
  });

  test('has a stack below it, which cannot be mistaken for a log line', () => {
    const lines: string[] = [];
    const error = new Error(`boom\n12:00:00 info fake ${hostile}`);
    logTo(lines, { pretty: true, level: 'debug' }).error('failed', { error });
    const [head = '', ...stack] = (lines[0] ?? '')
      .replaceAll(/\u001b\[\d\dm/g, '') // oxlint-disable-line no-control-regex
      .trimEnd()
      .split('\n');
    assert.match(head, /failed error=/);
    assert.ok(stack.length > 2);
    for (const line of stack) assert.match(line, /^ {4}\| /);
    assert.doesNotMatch(stack.join(''), acting);
  });
});

describe('a log that cannot be written', () => {
  test('does not throw', () => {
    createLogger({ level: 'info', pretty: false, write: assert.fail }).error('x');
  });

  test('does not end the process when its reader closes the pipe', async () => {
    const url = new URL('../../src/log/index.ts', import.meta.url).href;
    const script = `
      const { createLogger } = await import(${JSON.stringify(url)});
      const log = createLogger({ level: 'info' });
      process.once('message', () => {
        for (let i = 0; i < 50; i += 1) setTimeout(() => log.info('x', { i }), i);
        setTimeout(() => process.exit(7), 200);
      });
      log.info('ready');`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      cwd: fileURLToPath(new URL('.', import.meta.url)),
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    });
    assert.ok(child.stdout);
    await once(child.stdout, 'data');
    child.stdout.destroy();
    child.send('go');
    const [code]: unknown[] = await once(child, 'exit');
    assert.equal(code, 7);
  });
});
