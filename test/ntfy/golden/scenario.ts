import type { Form, Notification } from '../../../machines/domain.ts';
import type { AlertDelays } from '../../../src/ntfy/card-text.ts';
import { none } from '../clients.ts';
import type { Auth } from '../clients.ts';

/** What distinguishes a client, and how its server answers. */
export interface Setup {
  instance: string;
  timeZone: string;
  alerts?: AlertDelays;
  auth: Auth;
  /** The path of the server behind a proxy. */
  path: string;
  /** The methods that a firewall rejects. */
  rejected: readonly string[];
}

/** Notifications that one client publishes in turn. */
export interface Scenario {
  name: string;
  notifications: readonly Notification[];
  form: Form;
  setup: Setup;
}

export const SETUP: Setup = { instance: 'qbit', timeZone: 'UTC', auth: none, path: '', rejected: [] };
const FORMS: readonly Form[] = ['full', 'plain', 'fixed'];

/** A scenario with one notification. */
export function one(
  name: string,
  notification: Notification,
  over: Partial<Setup> = {},
  form: Form = 'full',
): Scenario {
  return { name, notifications: [notification], form, setup: { ...SETUP, ...over } };
}

/** The same in each form. */
export const inForms = (name: string, notification: Notification, over: Partial<Setup> = {}): Scenario[] =>
  FORMS.map((form) => one(`${name}, ${form}`, notification, over, form));

/** A scenario of notifications that a system sent. */
export const flowOf = (name: string, notifications: readonly Notification[]): Scenario => ({
  name: `flow: ${name}`,
  notifications,
  form: 'full',
  setup: { ...SETUP, alerts: { stalledAfter: 1_800_000, metadataAfter: 900_000 } },
});
