/** The lines in qBittorrent that call the sidecar: what they look like, installing them, taking them out. */
export { applyPlan } from './apply.ts';
export { howToChain, LABELS } from './chain.ts';
export { createEnsureHook } from './ensure.ts';
export { problemsOf as flawsOf, proxyFlaw } from './flaws.ts';
export { hookLine, obstacleTo, PATHS } from './line.ts';
export type { Tool, Wanted } from './line.ts';
export { planInstall, planUninstall, writesOf } from './plan.ts';
export type { Plan, SlotPlan } from './plan.ts';
export { readLine, splitCommand } from './read-line.ts';
export type { OurLine, ReadLine } from './read-line.ts';
export { desiredLine as wantedOf } from './wanted.ts';
