import { settings } from './settings.ts';

/** All settings, in the order of the schema, and whether each is accepted as `<NAME>_FILE` and in lower case. */
export const settingNames: ReadonlyMap<string, { secret: boolean; lowerCase: boolean }> = new Map(
  Object.entries(settings.shape).map(([name, schema]) => {
    const meta = schema.meta();
    return [name, { secret: meta?.['secret'] === true, lowerCase: meta?.['lowerCase'] === true }];
  }),
);

/** The names of all environment variables that are read. */
export const variables: ReadonlySet<string> = new Set(
  [...settingNames].flatMap(([name, { secret }]) => (secret ? [name, `${name}_FILE`] : [name])),
);
