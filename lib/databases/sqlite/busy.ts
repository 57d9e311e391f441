const FIRST_PAUSE = 2;
const LONGEST_PAUSE = 50;

const PAUSED = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));

/** Someone else holds the lock just now. A snapshot too old to write from never heals by trying again. */
export function isBusy(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === "string" && code.startsWith("SQLITE_BUSY") && code !== "SQLITE_BUSY_SNAPSHOT";
}

/**
 * Tries again until the lock is free or `timeout` ms are over. SQLite's own `busy_timeout` would block the whole
 * process meanwhile, and with it the very transaction whose end is waited for, where that is one of ours.
 */
export async function retryWhileBusy<T>(
  attempt: () => T,
  timeout: number,
  error: unknown,
  signal?: AbortSignal,
): Promise<T> {
  const deadline = performance.now() + timeout;
  let busy = error;
  for (let pause = FIRST_PAUSE; performance.now() < deadline; pause = Math.min(pause * 2, LONGEST_PAUSE)) {
    await new Promise((resolve) => setTimeout(resolve, pause));
    if (signal?.aborted === true) break;
    try {
      return attempt();
    } catch (caught) {
      if (!isBusy(caught)) throw caught;
      busy = caught;
    }
  }
  throw busy;
}

/** The same for a caller who cannot wait for anything else meanwhile: the process stands still until the lock is free. */
export function blockingWhileBusy<T>(attempt: () => T, timeout: number): T {
  const deadline = performance.now() + timeout;
  for (let pause = FIRST_PAUSE; ; pause = Math.min(pause * 2, LONGEST_PAUSE)) {
    try {
      return attempt();
    } catch (error) {
      if (!isBusy(error) || performance.now() >= deadline) throw error;
    }
    Atomics.wait(PAUSED, 0, 0, pause);
  }
}
