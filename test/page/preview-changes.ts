import type { PhoneChange } from '../../src/ntfy/phone-change.ts';

type Published = Extract<PhoneChange, { type: 'published' }>;

/** A silent message that ntfy has accepted, with its sequence ID as title. */
export const published = (sequence: string, over: Partial<Published> = {}): Published => ({
  type: 'published',
  route: 'default',
  rule: null,
  sequence,
  isUpdated: true,
  title: sequence,
  message: '42%',
  priority: 2,
  tags: [],
  buttons: [],
  ...over,
});

/** A deletion that ntfy has accepted. */
export const deleted = (sequence: string): Extract<PhoneChange, { type: 'deleted' }> => ({
  type: 'deleted',
  route: 'default',
  sequence,
});
