/** The moments at which a kill is most critical. */
import type { ProxiedRequest, Stage } from './proxy.ts';
import type { Scene } from './scene.ts';

/** `any`: now. The others name the pending message; the stage is how far it has come. */
export type Moment = 'any' | 'hook' | 'scan' | 'progress' | 'completion' | 'digest' | 'deletion' | 'command';

const MOMENTS: Record<Exclude<Moment, 'any'>, (request: ProxiedRequest) => boolean> = {
  hook: ({ path }) => path.startsWith('/track') || path.startsWith('/finished'),
  scan: ({ body }) => body.startsWith('filter='),
  progress: ({ body }) => /"sequence_id":"qbit-[0-9a-f]{40}"/.test(body),
  completion: ({ body }) => /"sequence_id":"qbit-[0-9a-f]{40}-done"/.test(body),
  digest: ({ body }) => /"sequence_id":"qbit-d[0-9a-z]+"/.test(body),
  deletion: ({ method }) => method === 'DELETE',
  command: ({ path }) => /torrents\/(pause|stop)$/.test(path),
};

export interface Watch {
  moment: Moment;
  stage: Stage;
  /** Time limit in milliseconds. */
  timeLimit: number;
}

/** Calls `act` at the moment, or at the time limit; resolves then. */
export function atMoment(scene: Scene, { moment, stage, timeLimit }: Watch, act: (met: boolean) => void) {
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
    const timer = setTimeout(finish, timeLimit, false);
    for (const proxy of proxies) {
      proxy.onStage = (reached, request) => {
        if (reached === stage && MOMENTS[moment](request)) finish(true);
      };
    }
  });
}
