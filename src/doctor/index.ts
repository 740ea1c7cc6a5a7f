/** Checks a set-up, and says what to do where it is wrong. */
export { diagnose } from './diagnose.ts';
export type { CheckId, Finding, Status } from './finding.ts';
export { isHealthy, report, reportJson } from './report.ts';
