/** A list of statements about a server, checked against its simulator and against the real one. */
import { describe, test } from 'node:test';
import type { TestContext } from 'node:test';
import { realTest } from '../servers/index.ts';
import type { Need } from '../servers/index.ts';

/** One statement, and its check. */
export interface Case<Subject, Generation, Options> {
  title: string;
  /** Default: applies to every generation. */
  only?: Generation[];
  /** With options the case gets a separate server, which it may change. */
  options?: Options;
  run: (subject: Subject) => Promise<void>;
}

/** How a simulator or a real server is started. */
export type Start<Subject, Generation, Options> = (
  generation: Generation,
  options: Options,
) => Promise<Subject>;

export interface Contract<Subject, Generation extends string, Options> {
  name: 'qbittorrent' | 'ntfy';
  generations: Generation[];
  simulator: Start<Subject, Generation, Options>;
  real: Start<Subject, Generation, Options>;
  need: (generation: Generation) => Need;
  /** The options of the server that most cases share. */
  shared: Options;
  cases: Case<Subject, Generation, Options>[];
}

/** Registers the tests: every case on the simulator and on the real server of every generation. */
export function holdContract<Subject extends AsyncDisposable, Generation extends string, Options>(
  contract: Contract<Subject, Generation, Options>,
): void {
  // Each server is a separate test, and mostly waits.
  describe(`the contract of ${contract.name}`, { concurrency: 3 }, () => registerServers(contract));
}

function registerServers<Subject extends AsyncDisposable, Generation extends string, Options>(
  contract: Contract<Subject, Generation, Options>,
): void {
  const { name, generations, cases, shared } = contract;
  for (const generation of generations) {
    const run = async (t: TestContext, start: Start<Subject, Generation, Options>) => {
      await using subject = await start(generation, shared);
      for (const { title, only, options, run } of cases) {
        if (only && !only.includes(generation)) continue;
        await t.test(title, async () => {
          if (options === undefined) return run(subject);
          // Without this `await` the server would be stopped before the case starts.
          await using own = await start(generation, options);
          await run(own);
        });
      }
    };
    test(`the simulated ${name}, ${generation}`, (t) => run(t, contract.simulator));
    realTest(`the real ${name}, ${generation}`, { needs: [contract.need(generation)] }, (t) =>
      run(t, contract.real),
    );
  }
}
