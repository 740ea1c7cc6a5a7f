/** Moments at which a death hurts most. */
import type { Passage, Stage } from './proxy.ts';
import type { Scene } from './scene.ts';

/** `any`: now. The others name what is on its way; the stage says how far it has come. */
export type Moment = 'any' | 'hook' | 'scan' | 'progress' | 'completion' | 'deletion';

const MOMENTS: Record<Exclude<Moment, 'any'>, (passage: Passage) => boolean> = {
  hook: ({ path }) => path.startsWith('/track') || path.startsWith('/finished'),
  scan: ({ body }) => body.startsWith('filter='),
  progress: ({ body }) => /"sequence_id":"qbit-[0-9a-f]{40}"/.test(body),
  completion: ({ body }) => /"sequence_id":"qbit-[0-9a-f]{40}-done"/.test(body),
  deletion: ({ method }) => method === 'DELETE',
};

export interface Watch {
  moment: Moment;
  stage: Stage;
  /** Milliseconds until it is given up. */
  patience: number;
}

/** Calls `act` at once when the moment comes (or when patience ends), and resolves then. */
export function atMoment(scene: Scene, { moment, stage, patience }: Watch, act: (met: boolean) => void) {
  if (moment === 'any') {
    act(true);
    return Promise.resolve();
  }
  const proxies = [scene.toQbittorrent, scene.toNtfy, scene.toSidecar];
  return new Promise<void>((resolve) => {
    const finish = (met: boolean) => {
      clearTimeout(timer);
      for (const proxy of proxies) proxy.onStage = () => {};
      act(met);
      resolve();
    };
    const timer = setTimeout(finish, patience, false);
    for (const proxy of proxies) {
      proxy.onStage = (reached, passage) => {
        if (reached === stage && MOMENTS[moment](passage)) finish(true);
      };
    }
  });
}
