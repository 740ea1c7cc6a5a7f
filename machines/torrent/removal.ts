import type { Notification, Routed } from '../domain.ts';

/** The notification of a removal. */
export type Removal = Extract<Notification, { kind: 'removed' }>;

/** The part of it that does not depend on when the torrent is removed. */
export interface RemovalNotice extends Pick<Routed, 'route' | 'rule' | 'priority'> {
  name: string | null;
}
