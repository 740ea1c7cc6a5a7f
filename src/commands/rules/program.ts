import type { Command } from 'commander';

/** Adds `rules check`, `rules explain` and `rules schema`. Each loads its modules when it runs. */
export function addRulesCommands(program: Command): void {
  const rules = program.command('rules').description('check and explain the rules in RULES_FILE');
  rules
    .command('check')
    .description('print every problem of a rules file')
    .argument('[file]', 'default: the file in RULES_FILE')
    .allowExcessArguments(false)
    .action(async (file: string | undefined) => {
      process.exitCode = (await import('./check.ts')).checkRules(file);
    });
  rules
    .command('explain')
    .description('print which rule applies to a torrent, and why the others do not')
    .argument('[hash]', 'a torrent in qBittorrent; instead of the options')
    .option('--name <text>', 'name of the torrent')
    .option('--category <name>', 'category')
    .option('--tag <name...>', 'tags')
    .option('--size <size>', 'size, like "4.2 GB"')
    .option('--tracker <host>', 'host of the tracker')
    .option('--path <folder>', 'save path')
    .option('--private <boolean>', 'true or false')
    .option('--file <file>', 'rules file; default: the file in RULES_FILE')
    .allowExcessArguments(false)
    .action(async (hash: string | undefined, options: Record<string, string | string[] | undefined>) => {
      process.exitCode = await (await import('./explain.ts')).explainRules(hash, options);
    });
  rules
    .command('schema')
    .description('print a JSON Schema of the rules file, for editors')
    .allowExcessArguments(false)
    .action(async () => {
      process.exitCode = (await import('./schema.ts')).printSchema();
    });
}
