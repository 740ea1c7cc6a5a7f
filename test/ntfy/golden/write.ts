/** Replaces the recorded bytes, when messages are meant to change: `npx node test/ntfy/golden/write.ts && npm run format`. */
import { writeFileSync } from 'node:fs';
import { GOLDEN_FILE, record } from './record.ts';

writeFileSync(GOLDEN_FILE, `${JSON.stringify(await record(), null, 2)}\n`);
