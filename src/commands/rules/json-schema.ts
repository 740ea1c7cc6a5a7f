import * as z from 'zod';
import { fileSchema } from '../../config/rules/schema.ts';

/** The JSON Schema of a rules file. In the bundle it is the result of the build (rolldown.config.ts). */
export const rulesSchema = () => ({
  ...z.toJSONSchema(fileSchema, { io: 'input' }),
  title: 'Rules of qbit-ntfy-sidecar',
});
