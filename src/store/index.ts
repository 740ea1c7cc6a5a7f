export { keep, keptIn } from './facts.ts';
export type { Health } from './health.ts';
export type { Store } from './live.ts';
export { openStore } from './store.ts';
export type { StoreOptions } from './store.ts';
