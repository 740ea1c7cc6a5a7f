import * as z from 'zod';
import type { FixedMessage } from '../../machines/domain.ts';

const url = z.string().regex(/^https?:\/\//);

/** How the stored message of a completion is read back. Where one is invalid, it is rendered again. */
export const fixedMessageSchema: z.ZodType<FixedMessage> = z.looseObject({
  title: z.string().min(1),
  message: z.string().min(1),
  tags: z.array(z.string()),
  priority: z.int().min(1).max(5),
  click: z.exactOptional(url),
  icon: z.exactOptional(url),
});
