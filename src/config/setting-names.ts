import { settings } from './settings.ts';

/** How a setting can be written. */
interface Forms {
  /** As `<NAME>_FILE`, too. */
  secret: boolean;
  /** As `<NAME>_FILE` only. */
  fileOnly: boolean;
  /** In lower case, too. */
  lowerCase: boolean;
}

/** All settings, in the order of the schema. */
export const settingNames: ReadonlyMap<string, Forms> = new Map(
  Object.entries(settings.shape).map(([name, schema]) => {
    const meta: Record<string, unknown> = schema.meta() ?? {};
    const is = (form: keyof Forms) => meta[form] === true;
    return [name, { secret: is('secret'), fileOnly: is('fileOnly'), lowerCase: is('lowerCase') }];
  }),
);

/** The environment variables of a setting. */
export function variablesOf(
  name: string,
  { secret, fileOnly }: Pick<Forms, 'secret' | 'fileOnly'>,
): string[] {
  if (!secret) return [name];
  return fileOnly ? [`${name}_FILE`] : [name, `${name}_FILE`];
}

/** The names of all environment variables that are read. */
export const variables: ReadonlySet<string> = new Set(
  [...settingNames].flatMap(([name, forms]) => variablesOf(name, forms)),
);
