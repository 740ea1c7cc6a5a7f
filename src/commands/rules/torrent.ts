/** The torrent that is explained: of qBittorrent, or from options. */
import * as z from 'zod';
import type { Observation, Result } from '../../../machines/domain.ts';
import type { Config } from '../../config/index.ts';
import { readSize } from '../../config/rules/size.ts';
import { err } from '../../http/request.ts';
import { createQbittorrentClient } from '../../qbittorrent/client.ts';
import { EXAMPLE_TORRENT } from '../example.ts';

/** The options of `rules explain`. */
export type ExplainOptions = Readonly<Record<string, string | readonly string[] | undefined>>;

const option = z.string().optional();

const options = z.object({
  name: option,
  category: option,
  tag: z.array(z.string()).default([]),
  tracker: option,
  path: option,
  size: option.transform((text, context) => {
    const bytes = text === undefined ? null : readSize(text);
    if (text !== undefined && bytes === null) context.addIssue('must be a size with its unit, like "4.2 GB"');
    return bytes;
  }),
  private: z.enum(['true', 'false'], 'must be true or false').optional(),
});

/**
 * A torrent as the options describe it. Of what rules match, all that is not given is unknown, except that there is no
 * category and no tag. Without a size it has no metadata. The other values, such as the speed, are those of an example.
 */
export function torrentOfOptions(
  given: ExplainOptions,
): { ok: true; value: Observation } | { ok: false; message: string } {
  const parsed = options.safeParse(given);
  if (!parsed.success) {
    const lines = parsed.error.issues.map(({ path, message }) => `--${String(path[0])} ${message}.`);
    return { ok: false, message: lines.join(' ') };
  }
  const {
    name = null,
    category = '',
    tag,
    tracker = null,
    path = null,
    size,
    private: isPrivate,
  } = parsed.data;
  return {
    ok: true,
    value: {
      ...EXAMPLE_TORRENT,
      name,
      phase: size === null ? 'metadata' : 'downloading',
      size: size ?? 0,
      downloaded: Math.round((size ?? 0) * EXAMPLE_TORRENT.progress),
      category,
      tags: tag,
      tracker,
      path,
      private: isPrivate === undefined ? null : isPrivate === 'true',
    },
  };
}

/** Reads a torrent from qBittorrent, as the sidecar does. */
export async function readTorrent(
  hash: string,
  { qbittorrent }: Pick<Config, 'qbittorrent'>,
): Promise<Result<Observation>> {
  const client = createQbittorrentClient(qbittorrent);
  const session = await client.login();
  if (!session.ok) return session;
  const torrents = await client.observe([hash.toLowerCase()]);
  if (!torrents.ok) return torrents;
  const [found] = torrents.value;
  return found === undefined
    ? err('rejected', 'qBittorrent has no torrent with this hash')
    : { ok: true, value: found };
}
