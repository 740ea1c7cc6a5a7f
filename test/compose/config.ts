/** The result of the real Compose for a file; it needs no container engine. */
import { execFile } from 'node:child_process';
import { installImageBundle } from '../image/bundles.ts';
import { startOf } from '../debian/start.ts';

/** The parts of a service that the tests read; Compose has expanded the short forms. */
export interface Service {
  image?: string;
  environment?: Record<string, string | null>;
  network_mode?: string;
  ports?: Array<{ host_ip?: string; target: number; published?: string; protocol: string }>;
  volumes?: Array<{ type: string; source?: string; target: string; read_only?: boolean }>;
  secrets?: Array<{ source: string; target?: string }>;
  depends_on?: Record<string, { condition: string; restart?: boolean }>;
  read_only?: boolean;
  cap_drop?: string[];
  security_opt?: string[];
  /** Compose prints a limit of 0 as nothing: `{}`. */
  ulimits?: Record<string, number | { soft?: number; hard?: number }>;
}

/** A project. */
export interface Project {
  services: Record<string, Service>;
}

/** The result of a Compose call; `message` is its error message. */
export type Read = { ok: true; project: Project } | { ok: false; message: string };

/** How Compose is started. Throws where it is not available. */
export async function composeProgram(): Promise<{ command: string; args: string[] }> {
  const installed = await installImageBundle('compose');
  if (!installed.ok) throw new Error(installed.reason);
  return startOf(installed.root, 'docker-compose');
}

/**
 * Reads files as one project, later ones override earlier ones; their paths are relative to the folder. Only the
 * variables of `env` are set.
 */
export async function readProject(
  folder: string,
  files: readonly string[],
  env: Record<string, string> = {},
): Promise<Read> {
  const { command, args } = await composeProgram();
  const named = files.flatMap((file) => ['--file', file]);
  return new Promise((resolve) => {
    execFile(
      command,
      [...args, '--project-directory', folder, ...named, 'config', '--format', 'json'],
      { cwd: folder, env: { HOME: folder, ...env } },
      (error, stdout, stderr) => {
        if (error === null) resolve({ ok: true, project: JSON.parse(stdout) as Project });
        else resolve({ ok: false, message: stderr });
      },
    );
  });
}
