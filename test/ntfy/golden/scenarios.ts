/** What the sidecar sends without rules: notifications, their forms and the settings that change a message. */
import type { Notification, Phase } from '../../../machines/domain.ts';
import { completionOf, hostileNames, key, progressOf } from '../cards.ts';
import { basic, token } from '../clients.ts';
import { alerts, incidents } from './problems.ts';
import { inForms, one, SETUP } from './scenario.ts';
import type { Scenario, Setup } from './scenario.ts';

/** The last one is half an hour before Berlin sets its clocks back. */
const INSTANTS = [
  Date.UTC(2026, 10, 23, 14, 32, 30),
  Date.UTC(2026, 6, 1, 23, 59, 59),
  Date.UTC(2026, 9, 25, 0, 30),
] as const;
const ZONES = ['UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kathmandu', 'Australia/Lord_Howe', '+05:30'];
const PHASES: readonly Phase[] = [
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
  'unknown',
];

function progress(): Scenario[] {
  const at = INSTANTS[0];
  const phases = PHASES.flatMap((phase) => inForms(`progress: ${phase}`, progressOf({ phase }, { phase })));
  const percents = [0, 1, 9, 10, 25, 50, 75, 90, 99].map((percent) =>
    one(`progress: ${percent} %`, { ...progressOf({}, { percent }), at }),
  );
  const speeds = [0, 999, 1000, 99_949, 99_950, 999_500, 4_700_000_000, 4e18].map((speed) =>
    one(`progress: ${speed} B/s`, { ...progressOf({ speed }), at }),
  );
  const times = ZONES.flatMap((timeZone) =>
    INSTANTS.flatMap((at) =>
      [null, 0, 59, 750, 5400, 90_000, 8_639_999].map((eta) =>
        one(`progress: ETA ${eta} at ${at} in ${timeZone}`, { ...progressOf({ eta }), at }, { timeZone }),
      ),
    ),
  );
  return [...phases, ...percents, ...speeds, ...times];
}

function completions(): Scenario[] {
  const figures = [
    {},
    { size: 0 },
    { downloaded: 0 },
    { duration: null },
    { downloaded: 5420 },
    { downloaded: 9e9 },
    { ratio: 0.05 },
    { ratio: 0.1 },
    { ratio: 2.345 },
    { duration: 90_061, size: 4e12, downloaded: 4e12 },
  ];
  const finished = ZONES.flatMap((timeZone) =>
    INSTANTS.flatMap((at) =>
      [5, 121, 50_000, 86_400].map((seconds) =>
        one(
          `completion: finished ${seconds} s before ${at} in ${timeZone}`,
          { ...completionOf({ finishedAt: Math.floor(at / 1000) - seconds }), at },
          { timeZone },
        ),
      ),
    ),
  );
  return [
    ...figures.flatMap((over) => inForms(`completion: ${JSON.stringify(over)}`, completionOf(over))),
    ...finished,
  ];
}

/** `{{size}}` and `%` mean something in templates and in URLs. */
const TEMPLATE_NAMES = ['{{size}}', '{{ name }}', '{{', '{{{{hash}}}}', '%7B%7Bsize%7D%7D', '{"name":1}'];

function names(): Scenario[] {
  return [null, ...TEMPLATE_NAMES, ...hostileNames(85, 7)].flatMap((name, index) => [
    one(`name ${index}: progress`, progressOf({ name })),
    one(`name ${index}: alert`, { kind: 'alert', key, name, percent: 42, alert: 'stalled' }),
    one(`name ${index}: completion`, completionOf({ name })),
    one(`name ${index}: completion, plain`, completionOf({ name }), {}, 'plain'),
  ]);
}

function deletions(): Scenario[] {
  const requests: Notification[] = [
    { kind: 'card-delete', key, shown: true, alerted: false },
    { kind: 'card-delete', key, shown: false, alerted: true },
    { kind: 'alert-clear', key, shown: 'stalled' },
  ];
  return requests.flatMap((request, index) =>
    [[], ['DELETE'], ['DELETE', 'GET']].flatMap((rejected) => {
      const through = rejected.length === 0 ? '' : `, ${rejected.join(' and ')} rejected`;
      return inForms(`deletion: ${request.kind} ${index}${through}`, request, { rejected });
    }),
  );
}

function servers(): Scenario[] {
  const setups: Array<[string, Partial<Setup>]> = [
    ['a token', { auth: token('tk_golden') }],
    ['a user', { auth: basic('phil', 'x:ÿ') }],
    ['a path', { path: '/apps/ntfy' }],
    ['the longest instance', { instance: 'a-very_long-name18' }],
  ];
  const notifications: Notification[] = [
    progressOf(),
    { kind: 'alert', key, name: null, percent: 0, alert: 'metadata' },
    completionOf(),
    { kind: 'card-delete', key, shown: true, alerted: true },
  ];
  return setups.map(([name, setup]) => ({
    name: `server: ${name}`,
    notifications,
    form: 'full',
    setup: { ...SETUP, ...setup },
  }));
}

/** All scenarios with a single client; those of a whole system are in `flows.ts`. */
export const scenarios = (): Scenario[] => [
  ...progress(),
  ...completions(),
  ...names(),
  ...alerts(),
  ...incidents(),
  ...deletions(),
  ...servers(),
];
