import { runChaosTest } from '../chaos/test-run.ts';
import { realTest } from '../servers/index.ts';

realTest(
  'ten kills, lost sessions, lost answers and restarts: each download makes one sound, no card is left behind',
  { needs: ['qbittorrent 5.1', 'ntfy current', 'curl'] },
  (t) => runChaosTest(t, { generation: '5.1', kills: 10, longest: 8 }),
);
