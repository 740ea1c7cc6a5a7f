import { playChaos } from '../chaos/play.ts';
import { realTest } from '../servers/index.ts';

realTest(
  'ten kills, lost sessions, lost answers and restarts: each download makes one sound, no card is left behind',
  { needs: ['qbittorrent 5.1', 'ntfy current', 'curl'], timeout: 600_000 },
  (t) => playChaos(t, { generation: '5.1', kills: 10, longest: 8 }),
);
