/** The simulated ntfy answers as the real one does, in every generation. */
import { holdContract } from './contract.ts';
import { buttonCases } from './ntfy-buttons.ts';
import { limitCases } from './ntfy-limits.ts';
import { publishCases } from './ntfy-publish.ts';
import { readCases } from './ntfy-read.ts';
import { sequenceCases } from './ntfy-sequence.ts';
import { real, simulated } from './ntfy-subject.ts';

holdContract({
  name: 'ntfy',
  generations: ['legacy', 'current'],
  simulator: simulated,
  real,
  need: (generation) => `ntfy ${generation}`,
  shared: { limit: 'none' },
  cases: [...publishCases, ...buttonCases, ...sequenceCases, ...readCases, ...limitCases],
});
