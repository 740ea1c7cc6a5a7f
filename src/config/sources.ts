/** Where values come from: the environment, or for secrets a file that it names. */
import { SecretFileError } from './secret-file.ts';
import { decodeSecret, trimSecret } from './secret-text.ts';
import type { SecretText } from './secret-text.ts';
import { settingNames } from './settings.ts';

/** Something wrong with one variable. Never holds a value: any of them could be a secret in the wrong place. */
export interface Problem {
  name: string;
  /** Continues the name: "must be …", "is missing …". */
  message: string;
}

/** Reads a file; throws as `readSecretFile` does. */
export type ReadFile = (path: string) => string | Uint8Array;

export type Environment = Record<string, string | undefined>;

export interface Sources {
  /** The text of every setting that has one. */
  values: Record<string, string>;
  /** The settings that were set, the ones that could not be read included. */
  given: ReadonlySet<string>;
  /** The file behind a secret, for reading it again. */
  files: ReadonlyMap<string, string>;
  problems: Problem[];
  /** One sentence for each secret that looks as if it was not written down as it was meant; no value is in it. */
  warnings: string[];
}

/** Collects the text of all settings. Empty counts as unset: that is how Compose files leave things out. */
export function readSources(env: Environment, readFile: ReadFile): Sources {
  const values: Record<string, string> = {};
  const given = new Set<string>();
  const files = new Map<string, string>();
  const problems: Problem[] = [];
  const warnings: string[] = [];
  for (const [name, { secret, lowerCase }] of settingNames) {
    const value = (lowerCase && env[name.toLowerCase()]) || env[name] || '';
    const { text, oddities } = secret
      ? trimSecret({ text: value, oddities: [] })
      : { text: value.trim(), oddities: [] };
    const path = secret ? (env[`${name}_FILE`] ?? '') : '';
    if (text || path) given.add(name);
    if (text && path) {
      problems.push({ name, message: `is given twice, by itself and as ${name}_FILE: keep one` });
    } else if (path) {
      const content = contentOf(path, readFile);
      if ('fault' in content) problems.push({ name: `${name}_FILE`, message: content.fault });
      else {
        values[name] = content.text;
        warnings.push(...content.oddities.map((oddity) => `${name}_FILE names a file that ${oddity}.`));
      }
      files.set(name, path);
    } else if (text) {
      values[name] = text;
      warnings.push(...oddities.map((oddity) => `${name} ${oddity}.`));
    }
  }
  return { values, given, files, problems, warnings };
}

/** A secret file's text without the one newline that editors and `echo` leave at its end. */
export function contentOf(path: string, readFile: ReadFile): SecretText | { fault: string } {
  try {
    const content = readFile(path);
    const decoded = typeof content === 'string' ? { text: content, oddities: [] } : decodeSecret(content);
    const secret = trimSecret(decoded);
    return secret.text ? secret : { fault: 'names a file that is empty' };
  } catch (error) {
    if (error instanceof SecretFileError) return { fault: error.message };
    // The path is not repeated: people put the secret itself here by mistake.
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    return { fault: `names a file that can not be read (${code})` };
  }
}
