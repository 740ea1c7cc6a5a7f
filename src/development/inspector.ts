import { createAccessGuard, listen } from '../server/index.ts';
import type { Extension } from '../commands/serve.ts';
import { port } from '../config/values.ts';
import { StartError } from '../util/start-error.ts';
import { createViewer } from './app.ts';
import { loadInspect, startInspection } from './inspect.ts';
import { createMask, secretsOf } from './mask.ts';

/** After the ports of the sidecar. */
const DEFAULT_PORT = 9092;

/** Reads `INSPECT`: the port of the inspector, `off`, or nothing for the default port. Throws for any other value. */
export function parseInspect(value: string | undefined): number | null {
  if (value === undefined || value === '') return DEFAULT_PORT;
  if (value.toLowerCase() === 'off') return null;
  const parsed = port.safeParse(value);
  if (!parsed.success)
    throw new StartError('INSPECT must be a port from 0 (any free one) to 65535, or "off"');
  return parsed.data;
}

/** Opens the inspector on loopback. If it cannot start, the sidecar runs without it and logs the reason. */
export function createInspectorExtension(requestedPort: number): Extension {
  return async ({ supervisor: root }, { config, log }) => {
    const inspect = await loadInspect();
    if (inspect === null) {
      log.warn('no inspector: the development dependency @statelyai/inspect is not installed; run npm ci');
      return null;
    }
    const mask = createMask(secretsOf(config));
    const guard = createAccessGuard(config.ops.token, log);
    const viewer = createViewer({
      inspect: (send) => startInspection({ inspect, root, mask, send }),
      guard,
      log,
    });
    try {
      const { close, port } = await listen(viewer.app, {
        host: 'localhost',
        port: requestedPort,
        setting: '',
        log,
      });
      log.info(`inspector: http://localhost:${port}`);
      return async () => {
        viewer.close();
        await close();
      };
    } catch {
      log.warn(
        `no inspector: port ${requestedPort} is not available; set INSPECT to another port or to "off"`,
      );
      return null;
    }
  };
}
