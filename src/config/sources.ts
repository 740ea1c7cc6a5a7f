/** Reads the text of each setting from the environment or, for secrets, from a file. */
import { SecretFileError } from './secret-file.ts';
import { decodeSecret, trimSecret } from './secret-text.ts';
import type { SecretText } from './secret-text.ts';
import { settingNames } from './setting-names.ts';

/** A problem with one variable. Contains no value: any of them could be a misplaced secret. */
export interface Problem {
  name: string;
  /** Continues the name of the variable: "must be …", "is missing …". */
  message: string;
}

/** Reads a file; throws as `readSecretFile` does. */
export type ReadFile = (path: string) => string | Uint8Array;

export type Environment = Record<string, string | undefined>;

export interface Sources {
  /** The text of every setting that is set. */
  values: Record<string, string>;
  /** The settings that are set, including those that could not be read. */
  given: ReadonlySet<string>;
  /** The file behind a secret, for reading it again. */
  files: ReadonlyMap<string, string>;
  problems: Problem[];
  /** One sentence for each secret with unusual content; contains no value. */
  warnings: string[];
}

/** Collects the text of all settings. An empty value counts as unset, as Compose files write it. */
export function readSources(env: Environment, readFile: ReadFile): Sources {
  const values: Record<string, string> = {};
  const given = new Set<string>();
  const files = new Map<string, string>();
  const problems: Problem[] = [];
  const warnings: string[] = [];
  for (const [name, { secret, fileOnly, lowerCase }] of settingNames) {
    const value = (lowerCase && env[name.toLowerCase()]) || env[name] || '';
    const { text, warnings: notes } = secret
      ? trimSecret({ text: value, warnings: [] })
      : { text: value.trim(), warnings: [] };
    const path = secret ? (env[`${name}_FILE`] ?? '') : '';
    if (text || path) given.add(name);
    if (text && fileOnly) {
      problems.push({ name, message: `must be in a file: set ${name}_FILE to its path` });
    } else if (text && path) {
      problems.push({ name, message: `and ${name}_FILE are both set: keep one` });
    } else if (path) {
      const content = contentOf(path, readFile);
      if ('problem' in content) problems.push({ name: `${name}_FILE`, message: content.problem });
      else {
        values[name] = content.text;
        warnings.push(...content.warnings.map((warning) => `${name}_FILE names a file that ${warning}.`));
      }
      files.set(name, path);
    } else if (text) {
      values[name] = text;
      warnings.push(...notes.map((note) => `${name} ${note}.`));
    }
  }
  return { values, given, files, problems, warnings };
}

/** A secret file's text, without one newline at its end. */
export function contentOf(path: string, readFile: ReadFile): SecretText | { problem: string } {
  try {
    const content = readFile(path);
    const decoded = typeof content === 'string' ? { text: content, warnings: [] } : decodeSecret(content);
    const secret = trimSecret(decoded);
    return secret.text ? secret : { problem: 'names an empty file' };
  } catch (error) {
    if (error instanceof SecretFileError) return { problem: error.message };
    // Without the path: it may be the secret itself, by mistake.
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    return { problem: `names a file that cannot be read (${code})` };
  }
}
