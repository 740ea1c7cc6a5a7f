/** Alerts and incidents. */
import type { Alert, Failure, IncidentSource, Notification } from '../../../machines/domain.ts';
import { key } from '../cards.ts';
import { inForms, one } from './scenario.ts';
import type { Scenario } from './scenario.ts';

const ALERTS: readonly Alert[] = ['stalled', 'metadata', 'failed', 'crashing'];

export function alerts(): Scenario[] {
  return ALERTS.flatMap((alert) =>
    [true, false].flatMap((silent) => {
      const notification: Notification = {
        kind: 'alert',
        key,
        name: 'debian.iso',
        percent: 42,
        alert,
        silent,
      };
      const name = `alert: ${alert}, ${silent ? 'silent' : 'audible'}`;
      const delays = { stalledAfter: 1_800_000, metadataAfter: 5_400_000 };
      return inForms(name, notification).concat(
        one(`${name}, with its delay`, notification, { alerts: delays }),
      );
    }),
  );
}

const KINDS: readonly Failure['kind'][] = [
  'unreachable',
  'unauthorized',
  'banned',
  'misdirected',
  'limited',
  'exhausted',
  'rejected',
  'broken',
  'protocol',
  'bug',
];
const REASONS = [
  'certificate-untrusted',
  'certificate-expired',
  'certificate-name',
  'proxy-login-refused',
  'state-repaired',
] as const;
const SOURCES: readonly IncidentSource[] = ['qbittorrent', 'store'];

export function incidents(): Scenario[] {
  const failures: Failure[] = [
    ...KINDS.map((kind) => ({ kind, message: 'nothing listens on localhost:8080' })),
    ...REASONS.map((reason) => ({ kind: 'unreachable' as const, message: 'it ended.', reason })),
    { kind: 'broken', message: 'qBittorrent answered 500 “\u202eoops\0”' },
    { kind: 'protocol', message: 'x'.repeat(2000) },
  ];
  const raised = SOURCES.flatMap((key) =>
    failures.flatMap((failure, index) =>
      [false, true].flatMap((silent) =>
        inForms(`incident: ${key} ${index}, ${silent ? 'silent' : 'audible'}`, {
          kind: 'incident',
          key,
          failure,
          silent,
        }),
      ),
    ),
  );
  const resolved = SOURCES.flatMap((key) =>
    inForms(`incident: ${key} resolved`, { kind: 'incident-resolved', key, shown: true }),
  );
  return [...raised, ...resolved];
}
