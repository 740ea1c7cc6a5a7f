/** How a rule changes the notifications of one kind. Texts are templates: `{{field}}`. */
export interface NotificationStyle {
  /** The name of the rule. Default: that of the notification. */
  rule?: string | undefined;
  /** ntfy's priorities 1 to 5. Default: that of the notification, or of its kind. What is silent anyway stays silent. */
  priority?: number | undefined;
  /** Replace the tags of the kind. */
  tags?: readonly string[] | undefined;
  title?: string | undefined;
  message?: string | undefined;
  /** An http or https URL, which a tap on the notification opens. */
  click?: string | undefined;
  /** The http or https URL of a picture. */
  icon?: string | undefined;
}
