import type { Config } from '../config/index.ts';
import { formatOptionsOf } from '../format/options.ts';
import type { ButtonOptions } from '../ntfy/actions.ts';
import type { CardOptions } from '../ntfy/card.ts';
import type { MessageOptions } from '../ntfy/message.ts';

/** What the settings determine of every message. */
export const messageOptionsOf = (config: Config): MessageOptions => ({
  alerts: config.alerts,
  ...formatOptionsOf(config),
});

/** What the settings determine of every card. */
export const cardOptionsOf = (
  config: Config,
  instance: string,
  buttons?: ButtonOptions,
): Omit<CardOptions, 'topic'> => ({
  instance,
  webUi: config.webUi,
  ...(buttons === undefined ? {} : { buttons }),
  ...messageOptionsOf(config),
});
