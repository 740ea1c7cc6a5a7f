import { decideRouting } from '../../machines/routing/matching.ts';
import type { QuietHours } from '../../machines/quiet/types.ts';
import type { Config } from '../config/index.ts';
import type { QuietSettings, Rules, RuleSet, RulesReport } from '../config/rules/index.ts';
import { logBug } from '../log/bug.ts';
import type { Logger } from '../log/index.ts';
import { fixMessage } from '../ntfy/message.ts';
import { messageOptionsOf } from './card-options.ts';
import { createRouting } from './routing.ts';
import type { RuntimeRouting } from './routing.ts';

/** The rules of a running sidecar. */
export interface RunningRules {
  readonly routing: RuntimeRouting;
  /** The quiet hours of the rules in force; `null`: there are none. */
  readonly quietHours: () => QuietHours | null;
  /** Checks the file now. For a signal. */
  recheck(): void;
}

/** The rules; `null` without `RULES_FILE`. Or a message with every problem of the file. */
export type StartedRules = { ok: true; rules: RunningRules | null } | { ok: false; message: string };

/** Opens the rules file, logs what happens to it, and connects it with the machines and the ntfy client. */
export async function startRules(config: Config, log: Logger): Promise<StartedRules> {
  const { rulesFile: path, stateDir } = config;
  if (path === null) return { ok: true, rules: null };
  // Only loaded when needed: the YAML parser takes memory.
  const { createQuietHours, openRules, targetOf } = await import('../config/rules/index.ts');
  // The file is opened, and may be reported as invalid, before there is a routing.
  let connected: RuntimeRouting | null = null;
  const report = (report: RulesReport): void => {
    logReport(report, log);
    if (connected !== null) passReport(report, connected);
  };
  const opened = openRules({ path, target: targetOf(config), stateDir, report });
  if (!opened.ok) return opened;
  const { rules, warnings } = opened;
  for (const warning of warnings) log.warn(warning);
  log.info('rules loaded', { rules: rules.current().rules.length });
  const routing = createRoutingOf(rules, config, log);
  connected = routing;
  if (rules.problems.length > 0) routing.rejected(rules.problems.join(' '));
  const quietHours = createCurrentQuietHours(
    () => rules.current(),
    (quiet) => createQuietHours(quiet, config.timeZone),
  );
  return { ok: true, rules: { routing, quietHours, recheck: () => rules.recheck() } };
}

function createRoutingOf(rules: Rules, config: Config, log: Logger): RuntimeRouting {
  const options = messageOptionsOf(config);
  const onBug = (error: unknown): void => logBug(log, 'rendering a completion failed', error);
  return createRouting({
    current: () => rules.current(),
    decide: decideRouting,
    fix: (completion, style) => fixMessage(completion, style, { ...options, now: Date.now() }, onBug),
    onBug,
  });
}

/** Computes the quiet hours again only when they changed. */
function createCurrentQuietHours(
  current: () => RuleSet,
  create: (quiet: QuietSettings) => QuietHours,
): () => QuietHours | null {
  let settings: QuietSettings | null = null;
  let hours: QuietHours | null = null;
  return () => {
    const { quiet } = current();
    if (quiet !== settings) hours = quiet === null ? null : create(quiet);
    settings = quiet;
    return hours;
  };
}

/** The incident of an invalid file, and its end. */
function passReport(report: RulesReport, routing: RuntimeRouting): void {
  if (report.kind === 'invalid') routing.rejected(report.problems.join(' '));
  if (report.kind === 'valid' || report.kind === 'changed') routing.changed();
}

function logReport(report: RulesReport, log: Logger): void {
  switch (report.kind) {
    case 'changed':
      for (const warning of report.warnings) log.warn(warning);
      return log.info('rules changed', { rules: report.rules.rules.length });
    case 'invalid':
      return log.warn('RULES_FILE is invalid: the last valid rules stay in use', {
        problems: report.problems,
      });
    case 'valid':
      return log.info('RULES_FILE is valid again');
    case 'copy-failed':
      return log.warn('the copy of the rules in STATE_DIR could not be written', { problem: report.problem });
  }
}
