import type { Config } from '../config/index.ts';
import { formatOptionsOf } from '../format/options.ts';
import type { CardOptions } from '../ntfy/card.ts';

/** What the settings determine of every card. */
export const cardOptionsOf = (config: Config, instance: string): Omit<CardOptions, 'topic'> => ({
  instance,
  alerts: config.alerts,
  ...formatOptionsOf(config),
});
