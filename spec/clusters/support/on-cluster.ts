import { writeSync } from "node:fs";
import { describe, it } from "vitest";
import { NotToBeHad } from "../../support/servers/debian-programs.js";

const STDERR = 2;

/**
 * Declares a suite on a cluster. `programs` finds what it is run with, or installs it; where that cannot be had on this machine
 * (`NotToBeHad`) the suite is skipped, and what is missing is printed.
 *
 * @example
 * ```ts
 * await onCluster("Galera", galeraPrograms, (programs) => {
 *   const cluster = useCluster(() => startGalera(programs));
 *   it("has three nodes", async () => …);
 * });
 * ```
 */
export async function onCluster<P>(
  title: string,
  programs: () => Promise<P>,
  body: (programs: P) => void,
): Promise<void> {
  let found: P;
  try {
    found = await programs();
  } catch (error) {
    if (!(error instanceof NotToBeHad)) throw error;
    // Past the runner, which shows what skipped suites print only at times.
    writeSync(
      STDERR,
      `\n*** SKIPPED ${title}: it cannot be had here, and nothing was tested on it: ${error.message}\n\n`,
    );
    describe.skip(title, () => it(`needs: ${error.message}`));
    return;
  }
  describe(title, () => body(found));
}
