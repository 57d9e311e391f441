/**
 * Runs pieces of work one after another, in the order in which they came: one connection, one statement at a time.
 * When nothing is under way the work starts at once, and what it answers without a promise comes back without one.
 *
 * @example
 * ```ts
 * await Promise.all([serial.run(() => send("select 1")), serial.run(() => send("select 2"))]);
 * ```
 */
export class SerialQueue {
  /** Settles, never with an error, when all work taken on so far is done; null when nothing is under way. */
  #tail: Promise<void> | null = null;

  /** True while work is under way that what comes now would have to wait for. */
  get isBusy(): boolean {
    return this.#tail !== null;
  }

  run<T>(work: () => T | Promise<T>): T | Promise<T> {
    if (this.#tail !== null) return this.#follow(this.#tail.then(work));
    const result = work();
    return result instanceof Promise ? this.#follow(result) : result;
  }

  /** Takes a turn of unknown length, for a cursor say; what comes later waits until the function answered is called. */
  async hold(): Promise<() => void> {
    let release!: () => void;
    const held = new Promise<void>((resolve) => (release = resolve));
    await new Promise<void>((begin) => {
      void this.run(() => {
        begin();
        return held;
      });
    });
    return release;
  }

  #follow<T>(result: Promise<T>): Promise<T> {
    const settled = (): void => {
      if (this.#tail === tail) this.#tail = null;
    };
    const tail = result.then(settled, settled);
    this.#tail = tail;
    return result;
  }
}
