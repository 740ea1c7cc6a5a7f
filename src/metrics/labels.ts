/** All values of all labels: closed sets, so that no torrent and no server can add a series. */
import type { Failure, Form, Notification, Outcome, Phase } from '../../machines/domain.ts';
import { TOPIC_STATES } from '../../machines/remote/selectors.ts';
import type { PressRejection } from '../../machines/remote/types.ts';
import type { Rejection } from '../remote/presses.ts';

/** States of a torrent; `waiting`: for the session, its first poll or its restart. */
export const TORRENT_STATES = [
  'metadata',
  'queued',
  'downloading',
  'stalled',
  'stopped',
  'unselected',
  'checking',
  'moving',
  'failed',
  'complete',
  'waiting',
] as const satisfies readonly (Phase | 'waiting')[];

/** The states of the session machine, without transient ones. */
export const SESSION_STATES = [
  'signedOut',
  'loggingIn',
  'ready',
  'refused',
  'locked',
  'banned',
  'failing',
] as const;

/** The innermost states of the hook installer, without transient ones. */
export const HOOK_STATES = [
  'off',
  'signedOut',
  'checking',
  'installed',
  'blocked',
  'impossible',
  'suspecting',
  'retrying',
] as const;

/** The states of the command topic; `off`: there is none. */
export const COMMAND_TOPIC_STATES = ['off', ...TOPIC_STATES] as const;

/** The answers of each hook. */
export const HOOK_ANSWERS = {
  track: ['started', 'already', 'scanning', 'full', 'refused'],
  finished: ['accepted', 'scanning', 'full', 'refused'],
} as const;

export type HookName = keyof typeof HOOK_ANSWERS;
export type HookAnswer<Hook extends HookName> = (typeof HOOK_ANSWERS)[Hook][number];

export const KINDS = [
  'progress',
  'completion',
  'card-delete',
  'alert',
  'alert-clear',
  'incident',
  'incident-resolved',
  'added',
  'removed',
  'digest',
  'summary',
  'summary-delete',
] as const satisfies readonly Notification['kind'][];

/** The simpler forms of a message. */
export const SIMPLER_FORMS = ['plain', 'fixed'] as const satisfies readonly Form[];

export const OUTCOMES = ['accepted', 'superseded', 'refused'] as const satisfies readonly Outcome[];

/** What became of a press of a button. */
export const COMMAND_RESULTS = ['done', 'failed'] as const;

/** Why a message of the command topic had no effect. */
export const PRESS_REJECTIONS = [
  'malformed',
  'signature',
  'foreign',
  'expired',
  'old',
  'repeated',
  'outdated',
  'full',
] as const satisfies readonly (Rejection | PressRejection)[];

/** The calls of the qBittorrent client. */
export const QBITTORRENT_CALLS = [
  'login',
  'observe',
  'list',
  'newest',
  'scan',
  'settings',
  'command',
  'sharesFiles',
] as const;

/** The result of a call: success, abort or the kind of failure. */
export type CallResult = 'ok' | 'aborted' | Failure['kind'];

export const QBITTORRENT_RESULTS = [
  'ok',
  'aborted',
  'unreachable',
  'unauthorized',
  'banned',
  'misdirected',
  'broken',
  'protocol',
  'bug',
] as const satisfies readonly CallResult[];

export const NTFY_RESULTS = [
  'ok',
  'aborted',
  'unreachable',
  'unauthorized',
  'misdirected',
  'limited',
  'exhausted',
  'rejected',
  'broken',
  'protocol',
  'bug',
] as const satisfies readonly CallResult[];
