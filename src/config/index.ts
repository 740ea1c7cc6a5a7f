export { parseConfig, type Config, type ListenConfig, type ParsedConfig } from './config.ts';
export { settingsTable } from './table.ts';
