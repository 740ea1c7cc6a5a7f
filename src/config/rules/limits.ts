/** What a rules file may contain. It is read again while the sidecar runs, so parsing it must never take long. */
export const LIMITS = {
  /** Bytes of the file. */
  bytes: 256 * 1024,
  /** Nested lists and maps. A valid file has five. */
  depth: 30,
  /** YAML aliases (`*name`). */
  aliases: 100,
  /** What the lexer makes of the text: values, keys, punctuation, spaces, ends of lines. */
  tokens: 60_000,
  /** Values of any kind, those of aliases counted each time. */
  values: 20_000,
  rules: 1000,
  /** Of one condition. */
  globs: 200,
  /** Of all rules. */
  allGlobs: 5000,
  /** Characters. */
  globLength: 256,
  nameLength: 64,
  /** Characters of a template. */
  titleLength: 500,
  messageLength: 4000,
  linkLength: 2000,
  tags: 10,
  tagLength: 64,
  topics: 100,
  /** Problems that are listed. */
  problems: 50,
} as const;

/** The problem of a file that is not parsed. */
export const TOO_LARGE = `the file has more than ${LIMITS.bytes / 1024} KiB`;
