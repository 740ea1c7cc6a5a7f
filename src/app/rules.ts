import type { Config } from '../config/index.ts';
import type { Rules, RulesReport } from '../config/rules/index.ts';
import type { Logger } from '../log/index.ts';

/** The rules; `null` without `RULES_FILE`. Or a message with every problem of the file. */
export type StartedRules = { ok: true; rules: Rules | null } | { ok: false; message: string };

/**
 * Opens the rules file, and logs what happens to it.
 *
 * @param onReport receives each report, too
 */
export async function startRules(
  { rulesFile: path, ntfy, stateDir }: Pick<Config, 'rulesFile' | 'ntfy' | 'stateDir'>,
  log: Logger,
  onReport: (report: RulesReport) => void = () => {},
): Promise<StartedRules> {
  if (path === null) return { ok: true, rules: null };
  // Only loaded when needed: the YAML parser takes memory.
  const { openRules } = await import('../config/rules/index.ts');
  const report = (report: RulesReport) => {
    logReport(report, log);
    onReport(report);
  };
  const opened = openRules({ path, target: ntfy, stateDir, report });
  if (!opened.ok) return opened;
  for (const warning of opened.warnings) log.warn(warning);
  log.info('rules loaded', { rules: opened.rules.current().rules.length });
  return { ok: true, rules: opened.rules };
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
