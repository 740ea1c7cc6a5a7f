/** The torrent that is explained: of qBittorrent, or from options. */
import * as z from 'zod';
import type { Result } from '../../../machines/domain.ts';
import type { RuleFields } from '../../../machines/routing/types.ts';
import type { Config } from '../../config/index.ts';
import { readSize } from '../../config/rules/size.ts';
import { err, parseJson } from '../../http/request.ts';
import { createConnection, failureOfStatus } from '../../qbittorrent/connection.ts';
import { login } from '../../qbittorrent/login.ts';

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

/** A torrent as the options describe it. What is not given is unknown, except that there is no category and no tag. */
export function fieldsOfOptions(
  given: ExplainOptions,
): { ok: true; value: RuleFields } | { ok: false; message: string } {
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
      hash: '',
      name,
      category,
      tags: tag,
      tracker,
      path,
      size,
      private: isPrivate === undefined ? null : isPrivate === 'true',
    },
  };
}

const text = z.string().catch('');

/** The fields of `torrents/info` that rules match (reference/qbittorrent.md, section 4). */
const torrent = z
  .object({
    hash: z.string(),
    name: text,
    category: text,
    tags: text,
    tracker: text,
    save_path: text,
    size: z.number().catch(0),
    private: z.boolean().nullish().catch(null),
  })
  .transform(({ hash, name, category, tags, tracker, save_path, size, private: isPrivate }): RuleFields => ({
    hash,
    name: name === '' || name.toLowerCase() === hash ? null : name,
    category,
    tags: tags.split(',').flatMap((tag) => tag.trim() || []),
    // The rest of the URL may contain a passkey.
    tracker: URL.parse(tracker)?.hostname.toLowerCase() || null,
    path: save_path === '' ? null : save_path,
    size: size > 0 ? size : null,
    private: isPrivate ?? null,
  }));

/** Reads a torrent from qBittorrent. */
export async function fieldsOfTorrent(
  hash: string,
  { qbittorrent }: Pick<Config, 'qbittorrent'>,
): Promise<Result<RuleFields>> {
  const connection = createConnection(qbittorrent);
  const session = await login(connection, qbittorrent.auth);
  if (!session.ok) return session;
  const reply = await connection.call('torrents/info', { hashes: hash.toLowerCase() });
  if (!reply.ok) return reply;
  const refusal = failureOfStatus(reply.value, connection.host);
  if (refusal !== null) return refusal;
  const [found] = z.array(torrent).safeParse(parseJson(reply.value.text)).data ?? [];
  return found === undefined
    ? err('rejected', 'qBittorrent has no torrent with this hash')
    : { ok: true, value: found };
}
