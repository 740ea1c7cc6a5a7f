/** Which buttons a card has. */

/** The buttons that a rule can choose. `pause` is also Resume. */
export const BUTTON_NAMES = ['pause', 'mute', 'delete', 'reannounce', 'recheck'] as const;

export type ButtonName = (typeof BUTTON_NAMES)[number];
