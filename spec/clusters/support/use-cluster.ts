import { afterAll, beforeAll } from "vitest";

/** Something that was started, and has to be stopped whatever happens. */
interface Stoppable {
  stop(): Promise<unknown>;
}

/** Starts a cluster before the tests of a suite, and stops it after them. */
export function useCluster<C extends Stoppable>(start: () => Promise<C>): { readonly it: C } {
  let started: C | null = null;
  beforeAll(async () => {
    started = await start();
  });
  afterAll(() => started?.stop());
  return {
    get it(): C {
      if (started === null) throw new Error("The cluster is there from beforeAll on.");
      return started;
    },
  };
}

/** Stops all of them, those after one that fails too. */
export async function stopAll(parts: readonly Stoppable[]): Promise<void> {
  const outcomes = await Promise.allSettled(parts.map((part) => part.stop()));
  for (const outcome of outcomes) {
    if (outcome.status === "rejected") throw outcome.reason;
  }
}
