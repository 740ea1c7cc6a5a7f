/** What Compose itself makes of a file: the real program, which needs no engine for it. */
import { execFile } from 'node:child_process';
import { installImageBundle } from '../image/bundles.ts';
import { startOf } from '../debian/start.ts';

/** A service, as far as it is looked at; Compose has filled in what is short in the file. */
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

/** What came of asking Compose; `message` is what it says is wrong. */
export type Read = { ok: true; project: Project } | { ok: false; message: string };

/** How Compose is started. Throws when it can't be had here. */
export async function composeProgram(): Promise<{ command: string; args: string[] }> {
  const installed = await installImageBundle('compose');
  if (!installed.ok) throw new Error(installed.reason);
  return startOf(installed.root, 'docker-compose');
}

/**
 * Reads files as one project, the later ones over the earlier; their paths are those of the folder. Their variables
 * are those of `env`, and no others.
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
