import { createAccessGuard, listen } from '../server/index.ts';
import type { Beside } from '../commands/serve.ts';
import { port } from '../config/values.ts';
import { StartError } from '../util/start-error.ts';
import { createViewer } from './app.ts';
import { loadInspect, look } from './inspect.ts';
import { createMask, secretsOf } from './mask.ts';

/** Next to those of the sidecar. */
const PORT = 9092;

/**
 * Reads `INSPECT`: the port of the inspector, `off`, or nothing for the usual port. Throws what to say to whoever
 * set it to something else.
 */
export function parseInspect(value: string | undefined): number | null {
  if (value === undefined || value === '') return PORT;
  if (value.toLowerCase() === 'off') return null;
  const parsed = port.safeParse(value);
  if (!parsed.success)
    throw new StartError('INSPECT must be a port from 0 (any free one) to 65535, or "off"');
  return parsed.data;
}

/** Opens the inspector on this machine's loopback. Without it the sidecar runs all the same: the log says why. */
export function inspectorOn(wanted: number): Beside {
  return async ({ supervisor: root }, { config, log }) => {
    const inspect = await loadInspect();
    if (inspect === null) {
      log.warn(
        'no inspector: @statelyai/inspect is for development and not installed here; npm ci brings it',
      );
      return null;
    }
    const mask = createMask(secretsOf(config));
    const guard = createAccessGuard(config.ops.token, log);
    const viewer = createViewer({ look: (send) => look({ inspect, root, mask, send }), guard, log });
    try {
      const { close, port } = await listen(viewer.app, { host: 'localhost', port: wanted, setting: '', log });
      log.info(`the inspector is at http://localhost:${port}`);
      return async () => {
        viewer.close();
        await close();
      };
    } catch {
      log.warn(`no inspector: port ${wanted} can not be had; set INSPECT to a free one, or to "off"`);
      return null;
    }
  };
}
