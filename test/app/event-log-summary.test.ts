import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createEventLog } from '../../src/app/event-log.ts';
import { createLogger } from '../../src/log/index.ts';

test('a summary is logged when it begins and when it ends', () => {
  const lines: Record<string, unknown>[] = [];
  const write = (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>);
  const eventLog = createEventLog(createLogger({ level: 'info', pretty: false, write }));
  eventLog.event({ type: 'summary.begun', downloads: 9 });
  eventLog.event({ type: 'summary.ended' });
  assert.deepEqual(
    lines.map(({ level, message, downloads }) => [level, message, downloads]),
    [
      ['info', 'many downloads: a summary replaces their progress cards', 9],
      ['info', 'few downloads: each has its own progress card again', undefined],
    ],
  );
});
