export { createAccessGuard, RETRY_AFTER, type AccessGuard } from './access-guard.ts';
export { HOOK_ACCEPTORS, OPS_ACCEPTORS, OPS_CONNECTIONS } from './connections.ts';
export { createBase, prefersHtml, refuse, type ServerContext, type ServerEnv } from './base.ts';
export { readHistoryQuery } from './history-query.ts';
export { createHookApp, type HookDeps } from './hook.ts';
export { listen, type Listening, type ListenOptions } from './listen.ts';
export { isLoopback } from '../util/loopback.ts';
export { createLongAnswers, type LongAnswers } from './long-answers.ts';
export { createOpsApp, type OpsDeps } from './ops.ts';
