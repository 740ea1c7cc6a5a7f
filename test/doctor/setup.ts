import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { diagnose, report, reportJson } from '../../src/doctor/index.ts';
import type { Line } from '../../src/doctor/report.ts';
import type { CheckId, Finding } from '../../src/doctor/index.ts';
import { startNtfySimulator, startQbittorrentSimulator } from '../../src/simulator/index.ts';
import type {
  NtfyOptions,
  NtfySimulator,
  QbittorrentOptions,
  QbittorrentSimulator,
} from '../../src/simulator/index.ts';
import { freePort } from '../servers/ports.ts';

type Env = Record<string, string>;

/** Secrets that must not be in any output. */
export const PLANTED = {
  password: 'planted-password',
  token: 'tk_plantedplantedplantedplanted12',
  topic: 'planted-topic',
};

/** A set-up without problems, until a test causes one. */
export interface Setup extends AsyncDisposable {
  qbittorrent: QbittorrentSimulator;
  ntfy: NtfySimulator;
  env: Env;
}

/** Embedded servers with both hooks installed, everything protected by planted secrets. */
export async function startSetup(
  options: { qbittorrent?: QbittorrentOptions; ntfy?: NtfyOptions } = {},
): Promise<Setup> {
  await using stack = new AsyncDisposableStack();
  const qbittorrent = stack.use(
    await startQbittorrentSimulator({ password: PLANTED.password, ...options.qbittorrent }),
  );
  const ntfy = stack.use(await startNtfySimulator({ token: PLANTED.token, ...options.ntfy }));
  const folder = temporaryFolder(stack);
  const port = await freePort();
  Object.assign(qbittorrent.preferences, {
    autorun_on_torrent_added_enabled: true,
    autorun_on_torrent_added_program: `curl -q -fsS -m 5 --noproxy * -X POST "http://localhost:${port}/track?hash=%K"`,
    autorun_enabled: true,
    autorun_program: `curl -q -fsS -m 5 --noproxy * -X POST "http://localhost:${port}/finished?hash=%K"`,
  });
  const env = {
    PATH: process.env['PATH'] ?? '',
    QBIT_HOST: qbittorrent.url,
    QBIT_USER: qbittorrent.username,
    QBIT_PASS: PLANTED.password,
    NTFY_TOPIC: `${ntfy.url}/${PLANTED.topic}`,
    NTFY_TOKEN: PLANTED.token,
    HOOK_PORT: String(port),
    STATE_DIR: folder,
    TZ: 'Europe/Berlin',
  };
  const owned = stack.move();
  return { qbittorrent, ntfy, env, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

/** A folder that is deleted with the stack. */
export function temporaryFolder(stack: AsyncDisposableStack): string {
  const folder = mkdtempSync(join(tmpdir(), 'doctor-'));
  stack.defer(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** The report of the doctor. */
export interface Diagnosis {
  findings: Finding[];
  of: (id: CheckId) => Finding;
  /** The checks with this status, in order. */
  with: (status: Finding['status']) => CheckId[];
}

/** Runs the doctor, and checks that no form of the report contains a secret. */
export async function examine(env: Env): Promise<Diagnosis> {
  const findings = await diagnose(env);
  const forms = [true, false].map((pretty) => report(findings, { pretty }));
  const printed = [...forms, reportJson(findings)].map(textOf).join('\n');
  assert.doesNotMatch(printed, /planted/);
  return {
    findings,
    of: (id) => {
      const finding = findings.find((finding) => finding.id === id);
      assert.ok(finding !== undefined);
      return finding;
    },
    with: (status) => findings.filter((finding) => finding.status === status).map(({ id }) => id),
  };
}

const textOf = (lines: Line[]): string =>
  lines
    .map((parts) => parts.map((part) => (typeof part === 'string' ? part : part.text)).join(''))
    .join('\n');

/** The one diagnosis: only this check fails, with this text; these checks were skipped for it. */
export interface Expected {
  fails: CheckId;
  found: RegExp;
  advice: RegExp;
  skips?: CheckId[];
}

const AFTER_LOGIN = ['version', 'hook-added', 'hook-finished', 'hook-program'] satisfies CheckId[];
/** The checks that need qBittorrent, a login, or ntfy. */
export const NEEDS = {
  qbittorrent: ['login', ...AFTER_LOGIN],
  login: AFTER_LOGIN,
  ntfy: ['ntfy-access', 'ntfy-updates', 'ntfy-deletions', 'ntfy-limits'],
} satisfies Record<string, CheckId[]>;

export function assertDiagnosis(diagnosis: Diagnosis, { fails, found, advice, skips = [] }: Expected): void {
  assert.deepEqual(diagnosis.with('fail'), [fails], textOf(report(diagnosis.findings, { pretty: false })));
  assert.match(diagnosis.of(fails).found, found);
  assert.match(diagnosis.of(fails).advice ?? '', advice);
  assert.deepEqual(diagnosis.with('skip'), skips);
}
