/** The command lines in qBittorrent that call the sidecar: creating, reading, installing and removing them. */
export { applyPlan } from './apply.ts';
export { chainInstructions, LABELS } from './chain.ts';
export { createEnsureHook } from './ensure.ts';
export { problemsOf, proxyProblem } from './problems.ts';
export { hookLine, obstacleTo, PATHS } from './line.ts';
export type { Tool, DesiredLine } from './line.ts';
export { planInstall, planUninstall, writesOf } from './plan.ts';
export type { Plan, SlotPlan } from './plan.ts';
export { readLine, splitCommand } from './read-line.ts';
export type { OurLine, ReadLine } from './read-line.ts';
export { desiredLine } from './desired.ts';
