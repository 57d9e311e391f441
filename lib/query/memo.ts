import type { ModelMeta } from "../models/index.js";

/** Paths may lead round in circles, so that there is no end of them, and names may come from outside. */
const MOST_KEPT = 2000;

/** What was read of a model's names before, by what was read; it is kept with the model, and bounded. */
export class Memo<T> {
  readonly read = new Map<string, T>();

  readonly generation: number;

  constructor(generation: number) {
    this.generation = generation;
  }

  /** What is kept of a model under a name; of an older generation it does not hold any more. */
  static of<T>(model: ModelMeta, name: string, generation = 0): Memo<T> {
    const known = model.memo.get(name) as Memo<T> | undefined;
    if (known?.generation === generation) return known;
    const memo = new Memo<T>(generation);
    model.memo.set(name, memo);
    return memo;
  }

  keep(text: string, value: T): T {
    if (this.read.size < MOST_KEPT) this.read.set(text, value);
    return value;
  }
}
