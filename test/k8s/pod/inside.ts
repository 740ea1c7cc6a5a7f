/** The process inside the namespaces: runs a scene and writes down the result. */
import { readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runScenario } from './scene.ts';
import type { Order, Seen } from './scene.ts';

const [folder = ''] = process.argv.slice(2);
const order = JSON.parse(readFileSync(join(folder, 'order.json'), 'utf8')) as Order;
// Its mounts would be those of the machine.
if (readlinkSync('/proc/self/ns/mnt') === order.outside) throw new Error('no mount namespace of its own');
const seen = await runScenario(order, folder).catch((error: unknown): Seen => ({ error: String(error) }));
writeFileSync(join(folder, 'seen.json'), JSON.stringify(seen));
process.exit(0);
