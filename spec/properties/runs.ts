import fc from "fast-check";
import { type Library, libraries, store } from "./library.js";

/** One for all engines of a run, so that they are asked the same; DUNDER_TEST_SEED repeats that of a failure. */
export const SEED = Number(process.env["DUNDER_TEST_SEED"] ?? Math.floor(Math.random() * 2 ** 31));

/** Checks a property on a few random libraries, one after another. */
export async function checkOnLibraries(
  { libraries: count, runs }: { readonly libraries: number; readonly runs: number },
  property: (library: Library) => fc.IAsyncProperty<unknown>,
): Promise<void> {
  for (const library of fc.sample(libraries, { seed: SEED, numRuns: count })) {
    await store(library);
    await fc.assert(property(library), { seed: SEED, numRuns: runs });
  }
}
