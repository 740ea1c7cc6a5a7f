import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { TorrentRecord } from '../../machines/domain.ts';
import type { Health } from '../../src/store/index.ts';
import { shippedFlags } from '../shipped-flags.ts';
import { bundleScript } from '../support/bundle-script.ts';

/** What another process does with a store. */
export interface StoreProcessOptions {
  dir: string;
  /** How many large completions it saves, from number 1000 on. */
  save?: number;
  /** The folder that the flags of the image let it write to. Default: `dir`. */
  allowed?: string;
  /** The user that it runs as. */
  user?: number;
  /** Whether it closes the store when it is done. */
  close?: boolean;
  /** Milliseconds for which it keeps the store open. */
  hold?: number;
}

/** What it found. */
export interface Report {
  found: readonly TorrentRecord[];
  before: Health;
  after: Health;
  /** How many were saved while the store was on disk. */
  saved: number;
}

/** A program with its arguments that starts Node. */
export type Wrapper = readonly string[];

const script = await bundleScript(join(import.meta.dirname, 'store-script.ts'));

/** Starts one under the permission flags of the image. */
export function startStoreProcess(options: StoreProcessOptions, wrapper: Wrapper = []): ChildProcess {
  const [program, ...args] = [
    ...wrapper,
    process.execPath,
    ...shippedFlags(options.allowed ?? options.dir),
    script,
  ];
  return spawn(program, [...args, JSON.stringify(options)], { stdio: ['ignore', 'pipe', 'pipe'] });
}

export interface StoreProcessResult {
  code: number | null;
  report: Report;
  stderr: string;
}

/** Runs one until it ends. */
export async function runStoreProcess(
  options: StoreProcessOptions,
  wrapper: Wrapper = [],
): Promise<StoreProcessResult> {
  const child = startStoreProcess(options, wrapper);
  const [stdout, stderr] = await Promise.all([read(child.stdout), read(child.stderr), once(child, 'close')]);
  if (stdout === '') throw new Error(`no report, but on stderr: ${stderr}`);
  return { code: child.exitCode, report: JSON.parse(stdout), stderr };
}

const read = (stream: NodeJS.ReadableStream | null) => (stream === null ? '' : text(stream));
