/** Checks a set-up, and describes how to fix what is wrong. */
export { diagnose } from './diagnose.ts';
export type { CheckId, Finding, Status } from './finding.ts';
export { isHealthy, report, reportJson } from './report.ts';
