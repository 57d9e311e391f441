import { warn } from "./warn.js";

/**
 * Calls somebody who watches. What he throws, or a promise of his that is rejected, is a warning of the process: what he
 * hears of has happened all the same.
 */
export function told<E>(option: string, listener: (event: E) => unknown, event: E): void {
  const threw = (error: unknown): void =>
    warn(`${option} of a database threw: ${error instanceof Error ? error.message : String(error)}`, error);
  try {
    const answer = listener(event);
    if (answer instanceof Promise) answer.catch(threw);
  } catch (error) {
    threw(error);
  }
}
