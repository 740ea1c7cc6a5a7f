/** Notifications, and hostile torrent names. */
import type { Hash, Notification, Observation, CardState } from '../../machines/domain.ts';
import { mulberry32 } from '../mulberry32.ts';

export const key: Hash = '0123456789abcdef0123456789abcdef01234567';

/** A torrent at 1.3 MB/s with an ETA of 12 and a half minutes. */
export function torrentOf(over: Partial<Observation> = {}): Observation {
  return {
    hash: key,
    v1: key,
    v2: null,
    name: 'debian.iso',
    phase: 'downloading',
    progress: 0.42,
    size: 704_000_000,
    speed: 1_300_000,
    eta: 750,
    downloaded: 704_000_000,
    duration: 542,
    finishedAt: null,
    ratio: null,
    addedAt: 0,
    category: '',
    tags: [],
    tracker: null,
    path: null,
    private: null,
    ...over,
  };
}

export function progressOf(over: Partial<Observation> = {}, card: Partial<CardState> = {}) {
  return {
    kind: 'progress',
    key,
    at: 0,
    torrent: torrentOf(over),
    card: { percent: 42, phase: 'downloading', ...card },
    shown: null,
  } satisfies Notification;
}

export function completionOf(over: Partial<Observation> = {}) {
  return {
    kind: 'completion',
    key,
    at: 0,
    torrent: torrentOf({ phase: 'complete', progress: 1, ...over }),
  } satisfies Notification;
}

/** Parts of hostile names; a part can be cut, doubled and broken by its neighbours. */
const PIECES = [
  'a',
  'Ubuntu 24.04',
  ' ',
  '\t',
  '\n',
  '\r\n',
  '\0',
  '\u001b[31m',
  '\u0085',
  '\u2028',
  '"',
  '\\',
  '"\\"\\"\\',
  '<b>&amp;</b>',
  '\ud800',
  '\udc00',
  '\u202e',
  '\u2066',
  '\u200f',
  '\ufeff',
  'e\u0301',
  'ü',
  '日本語',
  'العربية',
  '😀',
  '👨‍👩‍👧‍👦',
  '🇩🇪',
  '👍🏽',
  '=?utf-8?q?=41?=',
  '=?UTF-8?B?aGVsbG8=?=',
  '=?',
  '?=',
  '…',
  '${x}',
  '%00',
  '__proto__',
];

/** Names from empty to far too long. The first are fixed, the others are random combinations. */
export function hostileNames(count: number, seed: number): string[] {
  const random = mulberry32(seed);
  const pick = () => PIECES[Math.floor(random() * PIECES.length)] ?? '';
  const chosen = [
    '',
    ...PIECES,
    ...PIECES.map((piece) => piece.repeat(10_240)),
    `a${'\u0301'.repeat(10_240)}`,
    '👨‍'.repeat(2000),
  ];
  const made = Array.from({ length: Math.max(0, count - chosen.length) }, () => {
    const length = Math.floor(2 ** (random() * 11));
    return Array.from({ length }, pick).join('');
  });
  return [...chosen, ...made].slice(0, count);
}
