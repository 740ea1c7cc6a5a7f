import { readLastStage } from '../../../src/development/shipped.ts';

/** The arguments of the image's health check, without the path of its Node, and its interval. */
export function readHealthcheck(dockerfile?: string): { args: string[]; interval: string } {
  const line = readLastStage(dockerfile).find((line) => line.startsWith('HEALTHCHECK ')) ?? '';
  const [, interval, command] = /--interval=(\w+) .*CMD (\[.*\])$/.exec(line) ?? [];
  if (interval === undefined || command === undefined)
    throw new Error('the Dockerfile has no HEALTHCHECK with an interval and a command in brackets');
  return { args: (JSON.parse(command) as string[]).slice(1), interval };
}
