import * as z from 'zod';
import { settings } from './settings.ts';

/** The JSON Schema of the settings. In the bundle it is the result of the build (rolldown.config.ts). */
export const settingsSchema = () => z.toJSONSchema(settings, { io: 'input' });
