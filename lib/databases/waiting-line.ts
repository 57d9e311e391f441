/** What is known of somebody who waited. */
export interface Waited {
  /** When he came, by `performance.now()`. */
  readonly since: number;
  /** What he said of himself. */
  readonly note: string | null;
}

interface Place<T> extends Waited {
  readonly resolve: (value: T) => void;
  readonly reject: (error: unknown) => void;
  readonly timer: NodeJS.Timeout | null;
}

/** Callers waiting for something to become free, served in the order in which they came. */
export class WaitingLine<T> {
  readonly #places: Place<T>[] = [];

  get length(): number {
    return this.#places.length;
  }

  /**
   * Waits for at most `timeout` ms (0: without limit), then throws what `onTimeout` makes. Who aborts leaves the line
   * without another word.
   */
  join(
    timeout: number,
    onTimeout: (waited: Waited) => Error,
    signal?: AbortSignal,
    note: string | null = null,
  ): Promise<T> {
    return new Promise((resolve, reject) => {
      // It tells nobody of that any more, so that the place would never be left.
      if (signal?.aborted === true) return;
      // Not unref'ed: a program whose last hope is this place must hear of the timeout rather than end in silence.
      const timer = timeout > 0 ? setTimeout(() => this.#leave(place, onTimeout), timeout) : null;
      const place: Place<T> = { resolve, reject, timer, since: performance.now(), note };
      this.#places.push(place);
      signal?.addEventListener("abort", () => this.#abandon(place), { once: true });
    });
  }

  /** Gives `value` to the first in line, and tells who that was; null when nobody waits. */
  serve(value: T): Waited | null {
    const place = this.#shift();
    if (place === undefined) return null;
    place.resolve(value);
    return place;
  }

  /** Fails the first in line, if anybody waits. */
  reject(error: unknown): void {
    this.#shift()?.reject(error);
  }

  rejectAll(error: () => Error): void {
    while (this.length > 0) this.reject(error());
  }

  #shift(): Place<T> | undefined {
    const place = this.#places.shift();
    if (place !== undefined && place.timer !== null) clearTimeout(place.timer);
    return place;
  }

  #abandon(place: Place<T>): void {
    const at = this.#places.indexOf(place);
    if (at < 0) return;
    this.#places.splice(at, 1);
    if (place.timer !== null) clearTimeout(place.timer);
  }

  #leave(place: Place<T>, onTimeout: (waited: Waited) => Error): void {
    this.#places.splice(this.#places.indexOf(place), 1);
    place.reject(onTimeout(place));
  }
}
