/** The messages that a rule leads to. */
import type { Observation } from '../../../machines/domain.ts';
import type { ButtonName } from '../../../machines/remote/actions.ts';
import type { Routing, Rule, SendKind } from '../../../machines/routing/types.ts';
import type { RuleSet } from '../../config/rules/index.ts';
import { isAudible, renderMessage } from '../../ntfy/message.ts';
import type { MessageOptions } from '../../ntfy/message.ts';
import type { NotificationStyle } from '../../ntfy/style.ts';
import { notificationOf } from '../notification-of.ts';

/** How notifications of a kind look by a rule; `undefined` without a rule. */
export function styleOf(
  { styles }: Pick<RuleSet, 'styles'>,
  rule: string | null,
  priority: Routing['priority'],
  kind: SendKind,
): NotificationStyle | undefined {
  if (rule === null) return undefined;
  return { rule, priority: priority[kind], ...styles.get(rule)?.[kind] };
}

/** How the notifications of a rule look, by kind. */
export const stylesOf = (rules: RuleSet, { name, priority, send }: Rule) =>
  Object.fromEntries([...send].map((kind) => [kind, styleOf(rules, name, priority, kind)]));

/**
 * A message as ntfy would receive it, several lines.
 *
 * @param buttons those of the rule; missing: the default ones, which are not listed
 */
export function describeMessage(
  kind: SendKind,
  torrent: Observation,
  style: NotificationStyle | undefined,
  options: MessageOptions & { now: number },
  buttons?: readonly ButtonName[],
): string[] {
  const notification = notificationOf(kind, torrent, options.now);
  const { title, message, tags, priority, click, icon } = renderMessage(notification, options, style);
  const sound = isAudible(priority) ? 'with a sound' : 'without a sound';
  return [
    `${kind}: priority ${priority}, ${sound}${tags.length === 0 ? '' : `, tags ${tags.join(', ')}`}`,
    `  title: ${title}`,
    ...message.split('\n').map((line) => `  message: ${line}`),
    ...(click === undefined ? [] : [`  click: ${click}`]),
    ...(icon === undefined ? [] : [`  icon: ${icon}`]),
    ...(buttons === undefined ? [] : [`  buttons: ${buttons.join(', ') || 'none'}`]),
  ];
}
