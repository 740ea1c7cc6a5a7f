export { saveEvent as keep, restoredState as keptIn } from './facts.ts';
export { readInstance, SHARED_INSTANCE } from './instance.ts';
export type { Health } from './health.ts';
export type { Store } from './live.ts';
export { openStore } from './store.ts';
export type { StoreOptions } from './store.ts';
