import { enqueueActions } from 'xstate';
import { leave, observe } from '../summary/board.ts';
import { NO_CARD } from './context.ts';
import { deliver, unawaited } from './requests.ts';
import { diverting } from './diverting.ts';
import { areButtonsLeft, isCardReplaced, summaryRouteOf, withdrawCard, withoutButtons } from './summary.ts';

/** Adds: how a torrent takes part in the summary of its topic. */
export const summarizing = diverting.extend({
  actions: {
    /** Its figures are part of the summary of its topic, if there is one, which replaces its card. */
    updateSummary: enqueueActions((step) => {
      const { context } = step;
      const { key, deps, seen } = context;
      if (observe(deps.summary, key, summaryRouteOf(context), seen))
        deliver(step, [{ to: 'summary', event: { type: 'summary.changed' } }]);
      if (areButtonsLeft(context, seen.at)) {
        const record = withoutButtons(context.record);
        deps.save(record);
        step.enqueue.assign({ record });
      }
      if (!isCardReplaced(context)) return;
      const { record, deletions } = withdrawCard(context);
      deps.save(record);
      step.enqueue.assign({ record, ...NO_CARD });
      deliver(step, unawaited(context, deletions));
    }),
    leaveSummary: enqueueActions(({ context: { deps, key } }) => leave(deps.summary, key)),
  },
});
