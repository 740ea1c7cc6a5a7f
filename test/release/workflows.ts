/** The workflows of GitHub Actions, as data. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

export const home = join(import.meta.dirname, '..', '..');
export const read = (path: string): string => readFileSync(join(home, path), 'utf8');

export interface Step {
  id?: string;
  uses?: string;
  run?: string;
  with?: Record<string, unknown>;
  env?: Record<string, string>;
}

export interface Job {
  needs?: string | string[];
  uses?: string;
  permissions?: Record<string, string>;
  container?: { image: string };
  steps?: Step[];
}

export interface Workflow {
  path: string;
  text: string;
  on: Record<string, unknown>;
  permissions?: Record<string, string>;
  jobs: Record<string, Job>;
}

export const workflows: readonly Workflow[] = globSync('.github/workflows/*.{yml,yaml}', { cwd: home })
  .toSorted()
  .map((path) => {
    const text = read(path);
    return Object.assign(parse(text) as Omit<Workflow, 'path' | 'text'>, { path, text });
  });

export interface Place<T> {
  where: string;
  it: T;
}

export const jobs: ReadonlyArray<Place<Job>> = workflows.flatMap(({ path, jobs }) =>
  Object.entries(jobs).map(([name, it]) => ({ where: `${path}, ${name}`, it })),
);

export const steps: ReadonlyArray<Place<Step>> = jobs.flatMap(({ where, it: { steps = [] } }) =>
  steps.map((it) => ({ where, it })),
);

/** The job of the release with this name. */
export function releaseJob(name: string): Job {
  const job = workflows.find(({ path }) => path.endsWith('/release.yml'))?.jobs[name];
  if (job === undefined) throw new Error(`the release has no job ${name}`);
  return job;
}

/** The step of a job that uses this action. */
export function stepUsing(job: Job, action: string): Step {
  const step = job.steps?.find(({ uses }) => uses?.startsWith(`${action}@`));
  if (step === undefined) throw new Error(`no step uses ${action}`);
  return step;
}

export const manifest = JSON.parse(read('package.json')) as {
  name: string;
  version: string;
  license: string;
  scripts: Record<string, string>;
};
