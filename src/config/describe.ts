/** Descriptions of the settings, for messages and documents. */
import * as z from 'zod';
import { settingsSchema } from './settings-schema.ts';

/** A setting, apart from how its value is parsed. */
export interface SettingInfo {
  description: string;
  /** An example, as `NAME=value`. */
  example: string;
  default: string | null;
  required: boolean;
  /** Whether `<NAME>_FILE` is accepted. */
  secret: boolean;
  /** Whether only that is accepted. */
  fileOnly: boolean;
}

const described = () =>
  z.object({
    required: z.array(z.string()),
    properties: z.record(
      z.string(),
      z.object({
        description: z.string(),
        example: z.string().optional(),
        secret: z.boolean().default(false),
        fileOnly: z.boolean().default(false),
        default: z.string().nullable().default(null),
      }),
    ),
  });

/**
 * All settings by name, in the order of the schema. For messages and documents only: computing it at each start would
 * take milliseconds and memory.
 */
export function describeSettings(): ReadonlyMap<string, SettingInfo> {
  const { properties, required } = described().parse(settingsSchema());
  return new Map(
    Object.entries(properties).map(([name, { example, ...rest }]) => {
      const file = `/run/secrets/${name.toLowerCase().replaceAll('_', '-')}`;
      const line = example ? `${name}=${example}` : `${name}_FILE=${file}`;
      return [name, { ...rest, example: line, required: required.includes(name) }];
    }),
  );
}
