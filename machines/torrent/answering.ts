import { assign, enqueueActions } from 'xstate';
import { isOtherRound, startRound } from '../remote/record.ts';
import type { RemoteRecord } from '../remote/types.ts';
import { answerOn, isInSummary } from '../summary/board.ts';
import { MAX_NAME_LENGTH } from '../summary/compose.ts';
import { deliver } from './requests.ts';
import { summarizing } from './summarizing.ts';
import type { TorrentContext, TorrentEvent } from './types.ts';

type Settled = Extract<TorrentEvent, { type: 'command.settled' }>;
type Expired = Extract<TorrentEvent, { type: 'answer.expired' }>;

/** Adds: what presses of its buttons change. */
export const answering = summarizing.extend({
  actions: {
    /** Stored at once; the card, or the summary that has replaced it, shows it next. */
    recordAnswer: enqueueActions((step, { card, serial, answer }: Settled) => {
      const { context, enqueue } = step;
      const { deps, record: before, key, routing, seen, answers } = context;
      const remote = afterAnswer(context, answer);
      const record = remote === before.remote ? before : { ...before, remote };
      if (record !== before) deps.save(record);
      // After "Keep" the card is as it was before the question.
      const shown = answer.action === 'keep' ? null : { ...answer, serial, at: deps.now(), isDue: true };
      enqueue.assign({ record, answers: { ...answers, [card]: shown } });
      if (card !== 'progress' || !isInSummary(deps.summary, routing.route)) return;
      const name = seen.observation?.name?.slice(0, MAX_NAME_LENGTH) ?? null;
      answerOn(deps.summary, routing.route, { ...answer, key, name });
      deliver(step, [{ to: 'summary', event: { type: 'summary.answered' } }]);
    }),
    expireAnswer: assign(({ context: { answers } }, { card, serial }: Expired) =>
      answers[card]?.serial === serial ? { answers: { ...answers, [card]: null } } : {},
    ),
    /** It was removed and added again: buttons of before have no effect, and it is not muted any more. */
    recordRound: enqueueActions(({ context, enqueue }) => {
      const { deps, record: before, seen } = context;
      const addedAt = seen.observation?.addedAt ?? 0;
      if (before.remote === null || addedAt === before.remote.addedAt) return;
      const remote = isOtherRound(before.remote, addedAt)
        ? startRound(before.remote, addedAt, deps.now())
        : { ...before.remote, addedAt: addedAt || before.remote.addedAt };
      const record = { ...before, remote };
      deps.save(record);
      enqueue.assign({ record });
    }),
  },
});

function afterAnswer(
  { record: { remote }, seen }: TorrentContext,
  { action, failure }: Settled['answer'],
): RemoteRecord | null {
  if (remote === null || failure !== null) return remote;
  if (action === 'mute') return { ...remote, muted: { percent: seen.progress.percent } };
  return action === 'unmute' ? { ...remote, muted: null } : remote;
}
