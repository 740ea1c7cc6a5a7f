import type { SettingName } from './settings.ts';

/** Settings that belong together, in the README's order: those that most people need come first. */
export interface SettingGroup {
  title: string;
  names: readonly SettingName[];
}

/** All settings, each in one group. */
export const SETTING_GROUPS: readonly SettingGroup[] = [
  { title: 'Required', names: ['NTFY_TOPIC'] },
  {
    title: 'qBittorrent',
    names: [
      'QBIT_HOST',
      'QBIT_USER',
      'QBIT_PASS',
      'QBIT_API_KEY',
      'AUTO_INSTALL_HOOK',
      'HOOK_TOOL',
      'DISCOVER',
      'QBIT_BASIC_USER',
      'QBIT_BASIC_PASS',
    ],
  },
  {
    title: 'ntfy',
    names: ['NTFY_SERVER', 'NTFY_TOKEN', 'NTFY_USER', 'NTFY_PASS', 'NTFY_RATE', 'NTFY_RETRY_MAX'],
  },
  {
    title: 'Behaviour',
    names: [
      'PROGRESS',
      'SUMMARY_FROM',
      'DIGEST_FROM',
      'RULES_FILE',
      'TZ',
      'LOCALE',
      'UNITS',
      'STALLED_AFTER',
      'METADATA_AFTER',
      'POLL_INTERVAL',
      'MAX_TRACKED',
      'LOG_LEVEL',
    ],
  },
  {
    title: 'Buttons',
    names: ['COMMAND_TOPIC', 'COMMAND_TOKEN', 'COMMAND_SECRET', 'WEBUI_URL'],
  },
  {
    title: 'Network',
    names: [
      'HOOK_HOST',
      'HOOK_PORT',
      'HOOK_TOKEN',
      'HOOK_URL',
      'OPS_HOST',
      'OPS_PORT',
      'OPS_TOKEN',
      'HTTPS_PROXY',
      'HTTP_PROXY',
      'NO_PROXY',
    ],
  },
  { title: 'State', names: ['STATE_DIR', 'HISTORY', 'INSTANCE_NAME'] },
];
