/**
 * A web seed in a separate process, for networks that the tests cannot reach: prints its torrent,
 * removes its limit after a line of input, and ends with its input.
 */
import { startWebSeed } from '../servers/index.ts';

const [name = 'file', size = '0', rate = '0'] = process.argv.slice(2);
await using seed = await startWebSeed({ rate: Number(rate) });
const { file, hash } = seed.serve(name, Number(size));
process.stdout.write(`${JSON.stringify({ hash, file: Buffer.from(file).toString('base64') })}\n`);
for await (const line of process.stdin) if (String(line) !== '') seed.setRate(Number.POSITIVE_INFINITY);
