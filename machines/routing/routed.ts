import type { Routed } from '../domain.ts';
import { DEFAULT_ROUTE, DEFAULT_ROUTING } from './types.ts';
import type { RouteId, Routing, SendKind } from './types.ts';

/** A torrent of which nothing is known yet, while there are rules. */
export const UNDECIDED_ROUTING: Routing = { ...DEFAULT_ROUTING, isDecided: false };

/** The topic that a notification goes to. */
export const routeOf = ({ route = DEFAULT_ROUTE }: Routed): RouteId => route;

/** The fields of a notification for this topic; none for the default topic. */
export const onRoute = (route: RouteId): Pick<Routed, 'route'> => (route === DEFAULT_ROUTE ? {} : { route });

/** The fields of a notification of this kind. Without rules there are none. */
export function routedBy({ route, rule, priority }: Routing, kind: SendKind): Routed {
  const own = priority[kind];
  return {
    ...onRoute(route),
    ...(rule === null ? {} : { rule }),
    ...(own === undefined ? {} : { priority: own }),
  };
}

/** Whether notifications of this kind are sent now: while the rule is not decided, only alerts. */
export const isSent = ({ send, isDecided }: Routing, kind: SendKind): boolean =>
  isDecided ? send.has(kind) : kind === 'alerts';
