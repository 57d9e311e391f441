/**
 * Calls somebody who watches. What he throws, or a promise of his that is rejected, is a warning of the process: what he
 * hears of has happened all the same.
 */
export function told<E>(option: string, listener: (event: E) => unknown, event: E): void {
  const warn = (error: unknown): void =>
    process.emitWarning(`${option} of a database threw: ${error instanceof Error ? error.message : String(error)}`, {
      type: "DunderOrmWarning",
      detail: error instanceof Error ? error.stack : undefined,
    });
  try {
    const answer = listener(event);
    if (answer instanceof Promise) answer.catch(warn);
  } catch (error) {
    warn(error);
  }
}
