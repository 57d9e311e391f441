import { setTimeout as wait } from "node:timers/promises";

/** Asks again and again until the answer is not false, null or undefined, and gives it; fails with the last error, or `what`. */
export async function eventually<T>(
  what: string,
  ask: () => Promise<T | false | null | undefined> | T | false | null | undefined,
  { within = 30_000, every = 50 } = {},
): Promise<T> {
  const deadline = Date.now() + within;
  let last: unknown;
  for (;;) {
    try {
      const answer = await ask();
      if (answer !== false && answer !== null && answer !== undefined) return answer;
      last = undefined;
    } catch (error) {
      last = error;
    }
    if (Date.now() > deadline) throw new Error(`${what}: not within ${within} ms`, { cause: last });
    await wait(every);
  }
}
