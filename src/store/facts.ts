import * as z from 'zod';
import type { StoreEvent, SupervisorInput } from '../../machines/supervisor/types.ts';
import type { Store } from './live.ts';

/** The fact that an incident's card is on the phone. */
const TROUBLED = 'troubled';
/** When each incident last made a sound. */
const SOUNDS = 'sounds';

const sounds = z.record(z.string(), z.number()).catch({});

/** What an earlier life has kept. */
export const restoredState = ({
  records,
  facts,
}: Store): Pick<SupervisorInput, 'records' | 'troubled' | 'sounds'> => ({
  records,
  troubled: facts.get(TROUBLED) === true,
  sounds: sounds.parse(facts.get(SOUNDS)),
});

export function saveEvent(store: Store, event: StoreEvent): void {
  switch (event.type) {
    case 'record.save':
      return store.save(event.record);
    case 'record.delete':
      return store.drop(event.key);
    case 'incident.save':
      return store.setFact(TROUBLED, event.troubled ? true : undefined);
    case 'sounds.save':
      return store.setFact(SOUNDS, event.sounds);
  }
}
