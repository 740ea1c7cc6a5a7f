import { parseConfig } from '../config/index.ts';
import type { ParsedConfig } from '../config/index.ts';
import { describeSettings } from '../config/describe.ts';
import { BUTTON_CHECKS, NO_BUTTONS } from './buttons/index.ts';
import { checkClock, checkInstance, checkState, checkTimeZone } from './machine.ts';
import { fail, ok, skip, TITLES, warn } from './finding.ts';
import type { CheckId, Finding, Outcome, Outcomes } from './finding.ts';
import { checkHookPort } from './hook-port.ts';
import { checkNtfy } from './ntfy.ts';
import { checkQbittorrent } from './qbittorrent.ts';
import { checkRulesFile } from './rules.ts';

/**
 * Checks the whole set-up. Checks that depend on a failed one are skipped. Changes nothing, publishes nothing, and tries
 * the password once.
 */
export async function diagnose(env: Record<string, string | undefined>): Promise<Finding[]> {
  const parsed = parseConfig(env);
  const outcomes: Outcomes = { configuration: configuration(parsed) };
  if (parsed.ok) {
    const { config } = parsed;
    const { outcome, rules } = await checkRulesFile(config);
    const [qbittorrent, ntfy, hookPort] = await Promise.all([
      checkQbittorrent(config, env['PATH'] ?? '', rules),
      checkNtfy(config, rules),
      checkHookPort(config.hook),
    ]);
    if (config.commands === null) outcomes.buttons = NO_BUTTONS;
    Object.assign(outcomes, { rules: outcome }, qbittorrent, ntfy.outcomes, {
      'hook-port': hookPort,
      clock: checkClock(ntfy.date),
      'time-zone': checkTimeZone(config.timeZone),
      state: checkState(config.stateDir),
      instance: checkInstance(config),
    });
  }
  const missing = skip(parsed.ok ? 'an earlier check failed' : 'skipped: the configuration is invalid');
  const isWithout = parsed.ok && parsed.config.commands === null;
  const ids = (Object.keys(TITLES) as CheckId[]).filter((id) => !isWithout || !BUTTON_CHECKS.has(id));
  return ids.map((id) => {
    const { status, found, advice } = outcomes[id] ?? missing;
    return { id, title: TITLES[id], status, found, advice };
  });
}

function configuration(parsed: ParsedConfig): Outcome {
  if (parsed.ok) {
    const { warnings } = parsed;
    if (warnings.length === 0) return ok('all settings are valid');
    return warn(warnings.join(' '), 'Correct or remove the variable or its file.');
  }
  const found = parsed.problems.map(({ name, message }) => `${name} ${message}.`).join(' ');
  const infos = describeSettings();
  const examples = parsed.problems.map(({ name }) => infos.get(name.replace(/_FILE$/, ''))?.example);
  return fail(found, `Set it like ${[...new Set(examples)].join(', ')}`);
}
