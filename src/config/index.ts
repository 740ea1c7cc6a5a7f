export type { CommandConfig } from './commands.ts';
export { parseConfig, type Config, type HookConfig, type ListenConfig, type ParsedConfig } from './config.ts';
export { settingsTable } from './table.ts';
