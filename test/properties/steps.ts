/** The possible steps as data, which fast-check generates and shrinks. */
import * as fc from 'fast-check';
import type { Phase } from '../../machines/domain.ts';
import { HOUR, MINUTE, SECOND } from '../machines/fixtures.ts';
import { NTFY_FAULTS } from './ntfy-faults.ts';
import type { NtfyFault } from './ntfy-faults.ts';
import { GUARDS } from '../support/poison.ts';
import type { GuardName } from '../support/poison.ts';
import { press } from './presses.ts';
import type { PressStep } from './presses.ts';
import { ruleSteps } from './rule-sets.ts';
import type { RuleStep } from './rule-sets.ts';
import type { QbitFault, QbitRequest } from './torrents.ts';
import type { Moment, Service } from './servers.ts';

export type Step =
  | { do: 'pass'; ms: number }
  | { do: 'add'; n: number; magnet: boolean; hooks: number }
  | { do: 'advance'; n: number; by: number }
  | { do: 'phase'; n: number; phase: Phase }
  | { do: 'finish' | 'remove' | 'hook'; n: number }
  | { do: 'unknownHook'; n: number }
  | { do: 'qbit'; fault: QbitFault; requests: readonly QbitRequest[]; ms: number }
  | { do: 'ntfy'; fault: NtfyFault; ms: number }
  | { do: 'jump'; hours: number }
  | { do: 'expireSession' }
  | { do: 'kill'; down: number }
  | { do: 'crash'; calls: number; moment: Moment; down: number }
  | { do: 'poison'; n: number; guard: GuardName; times: number }
  | { do: 'bug'; service: Service }
  | PressStep
  | RuleStep;

export type Timeline = readonly Step[];

export const TORRENTS = 3;
const ALL: readonly QbitRequest[] = ['login', 'observe', 'list', 'scan', 'command'];

const n = fc.nat({ max: TORRENTS - 1 });
const pause = fc.constantFrom(50, SECOND, 3 * SECOND, 6 * SECOND, 12 * SECOND, MINUTE, 4 * MINUTE);
const duration = fc.constantFrom(2 * SECOND, 20 * SECOND, 2 * MINUTE, 20 * MINUTE, 2 * HOUR);
const down = fc.constantFrom(1, 5 * SECOND, 5 * MINUTE, 3 * HOUR);
const act = <D extends Step['do']>(name: D) => fc.constant(name);

const steps = {
  pass: fc.record({ do: act('pass'), ms: pause }),
  add: fc.record({
    do: act('add'),
    n,
    magnet: fc.boolean(),
    hooks: fc.constantFrom(1, 1, 2, 0),
  }),
  advance: fc.record({ do: act('advance'), n, by: fc.constantFrom(0.01, 0.1, 0.4) }),
  phase: fc.record({
    do: act('phase'),
    n,
    phase: fc.constantFrom<Phase>('queued', 'stalled', 'stopped', 'checking', 'moving', 'failed', 'unknown'),
  }),
  change: fc.record({ do: fc.constantFrom('finish', 'remove', 'hook'), n }),
  unknownHook: fc.record({ do: act('unknownHook'), n }),
  qbit: fc.record({
    do: act('qbit'),
    fault: fc.constantFrom<QbitFault>(
      ...(['unauthorized', 'unreachable', 'hang', 'broken', 'protocol', 'misdirected', 'banned'] as const),
    ),
    requests: fc.constantFrom(ALL, ...ALL.map((request): readonly QbitRequest[] => [request])),
    ms: duration,
  }),
  ntfy: fc.record({
    do: act('ntfy'),
    fault: fc.constantFrom(...(Object.keys(NTFY_FAULTS) as NtfyFault[])),
    ms: duration,
  }),
  jump: fc.record({ do: act('jump'), hours: fc.constantFrom(-30, -2, 1, 5, 26) }),
  expireSession: fc.record({ do: act('expireSession') }),
  kill: fc.record({ do: act('kill'), down }),
  crash: fc.record({
    do: act('crash'),
    calls: fc.integer({ min: 1, max: 6 }),
    moment: fc.constantFrom<Moment>('before', 'after'),
    down,
  }),
  poison: fc.record({
    do: act('poison'),
    n,
    guard: fc.constantFrom(...GUARDS),
    times: fc.constantFrom(1, 3, 8, 1000),
  }),
  bug: fc.record({
    do: act('bug'),
    service: fc.constantFrom<Service>('login', 'observe', 'list', 'scan', 'allowance'),
  }),
  press,
  ...ruleSteps(n),
} satisfies Record<string, fc.Arbitrary<Step>>;

/** How often each action occurs; a test may exclude some. */
const WEIGHTS: Record<keyof typeof steps, number> = {
  pass: 12,
  add: 6,
  advance: 6,
  phase: 3,
  change: 8,
  unknownHook: 1,
  qbit: 2,
  ntfy: 3,
  jump: 1,
  expireSession: 1,
  kill: 2,
  crash: 4,
  poison: 1,
  bug: 1,
  press: 8,
  category: 6,
  rules: 4,
  refuse: 2,
};

/** What happens only in a model with rules. */
export const RULE_STEPS = ['category', 'rules', 'refuse'] as const;

/** What happens only in a model with buttons. */
export const BUTTON_STEPS = ['press'] as const;

export function timelines(without: ReadonlyArray<keyof typeof steps> = []): fc.Arbitrary<Timeline> {
  const kinds = (Object.keys(steps) as Array<keyof typeof steps>).filter((kind) => !without.includes(kind));
  const step = fc.oneof(...kinds.map((kind) => ({ weight: WEIGHTS[kind], arbitrary: steps[kind] })));
  return fc.array(step, { minLength: 3, maxLength: 40, size: 'max' });
}
