/** Tests on the built image: skipped with the reason where it cannot be built, failed in CI. */
import { after, test } from 'node:test';
import { unavailable } from '../servers/index.ts';
import type { Need } from '../servers/index.ts';
import { buildImage, findMeans } from './image.ts';
import type { Means } from './image.ts';
import type { Room } from './room.ts';

type Built = { room: Room; means: Means } | { reason: string };

/** Milliseconds: the first test waits for the image, whose build takes minutes on a busy machine. */
const TIMEOUT = 1_800_000;

/** One room for all tests of a file. */
let building: Promise<Built> | undefined;

after(async () => {
  const built = await building?.catch(() => undefined);
  if (built !== undefined && 'room' in built) await built.room[Symbol.asyncDispose]();
});

/** A test on the image and, if it needs them, on real servers. */
export function imageTest(
  title: string,
  { needs = [] }: { needs?: readonly Need[] },
  body: (room: Room, means: Means) => Promise<void>,
): void {
  void test(title, { timeout: TIMEOUT }, async (t) => {
    building ??= build();
    const built = await building;
    const reason = 'reason' in built ? built.reason : await unavailable(needs);
    if (reason === null && 'room' in built) return body(built.room, built.means);
    if (process.env['CI'] === 'true') throw new Error(`CI needs the image: ${reason}`);
    t.skip(reason ?? undefined);
  });
}

async function build(): Promise<Built> {
  const means = await findMeans();
  return 'reason' in means ? means : { means, room: await buildImage(means) };
}
