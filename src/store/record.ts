import * as z from 'zod';
import type { Alert, Observation, Phase, Stage, TorrentRecord } from '../../machines/domain.ts';

const PHASES: Record<Phase, Phase> = {
  metadata: 'metadata',
  queued: 'queued',
  downloading: 'downloading',
  stalled: 'stalled',
  stopped: 'stopped',
  unselected: 'unselected',
  checking: 'checking',
  moving: 'moving',
  failed: 'failed',
  complete: 'complete',
  unknown: 'unknown',
};
const STAGES: Record<Stage, Stage> = {
  following: 'following',
  completing: 'completing',
  dismissing: 'dismissing',
  withdrawing: 'withdrawing',
};
const ALERTS: Record<Alert, Alert> = {
  stalled: 'stalled',
  metadata: 'metadata',
  failed: 'failed',
  crashing: 'crashing',
};

const hash = z.string().regex(/^[0-9a-f]{40}$/);
const otherHash = hash.nullable().catch(null);
const count = z.number().nonnegative().catch(0);
const optionalCount = z.number().nullable().catch(null);

const observation: z.ZodType<Observation> = z.looseObject({
  hash,
  v1: otherHash,
  v2: otherHash,
  name: z.string().nullable().catch(null),
  phase: z.enum(PHASES).catch('unknown'),
  progress: z.number().min(0).max(1).catch(0),
  size: count,
  speed: count,
  eta: optionalCount,
  downloaded: count,
  duration: optionalCount,
  ratio: optionalCount,
  addedAt: count,
  finishedAt: optionalCount,
});

const estimate = z.looseObject({ arrival: optionalCount, at: count, corrections: count });
const told = z.looseObject({
  percent: count,
  phase: z.enum(PHASES).catch('unknown'),
  estimate: z.exactOptional(estimate),
});

/**
 * How a kept record is read back: the one place that has to know a record's fields (the compiler says so when one is
 * added to `TorrentRecord`). A field that an older version did not write gets what says least, one that only a newer
 * version knows is kept: both may use the file in turn. Without its hashes and its stage it is no record.
 */
export const recordSchema: z.ZodType<TorrentRecord> = z
  .looseObject({
    key: hash,
    hash,
    told: told.nullable().catch(null),
    highest: count,
    card: z.boolean().catch(false),
    since: count,
    stage: z.enum(STAGES),
    alert: z.enum(ALERTS).nullable().catch(null),
    sounded: z.partialRecord(z.enum(ALERTS), z.number()).catch({}),
    again: hash.nullable().catch(null),
    finished: observation.nullable().catch(null),
    finishHookAt: optionalCount,
    quiet: z.boolean().catch(false),
  })
  // A completion that does not say of what can't be told: it is looked for, and found complete, once more.
  .transform((record) =>
    record.stage === 'completing' && record.finished === null
      ? { ...record, stage: 'following' as const }
      : record,
  );
