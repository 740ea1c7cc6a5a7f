/** The simulated qBittorrent answers as the real one does, in every generation. */
import { holdContract } from './contract.ts';
import { appCases } from './qbittorrent-app.ts';
import { changeCases } from './qbittorrent-change.ts';
import { downloadCases } from './qbittorrent-download.ts';
import { keyCases } from './qbittorrent-key.ts';
import { labelCases } from './qbittorrent-labels.ts';
import { listCases } from './qbittorrent-list.ts';
import { loginCases } from './qbittorrent-login.ts';
import { objectCases } from './qbittorrent-object.ts';
import { real, simulated } from './qbittorrent-subject.ts';

holdContract({
  name: 'qbittorrent',
  generations: ['legacy', '5.1', 'current'],
  simulator: simulated,
  real,
  need: (generation) => `qbittorrent ${generation}`,
  shared: {},
  cases: [
    ...loginCases,
    ...keyCases,
    ...appCases,
    ...objectCases,
    ...listCases,
    ...changeCases,
    ...labelCases,
    ...downloadCases,
  ],
});
