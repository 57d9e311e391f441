import fc from "fast-check";

type Builder<T> = () => fc.Arbitrary<T>;

/** One function for each, for by these fast-check tells what it has drawn from before. */
const builders = new WeakMap<object, Builder<never>>();
const numbers: Builder<number>[] = [];

function builderOf<T>(arbitrary: fc.Arbitrary<T>): Builder<T> {
  const known = builders.get(arbitrary) as Builder<T> | undefined;
  if (known !== undefined) return known;
  const builder = (): fc.Arbitrary<T> => arbitrary;
  builders.set(arbitrary, builder as Builder<never>);
  return builder;
}

function upTo(max: number): Builder<number> {
  return (numbers[max] ??= () => fc.nat({ max }));
}

/** Draws one choice after another; 0 and the first of a list are what failures are shrunk to. */
export class Draw {
  readonly #draw: fc.GeneratorValue;

  constructor(draw: fc.GeneratorValue) {
    this.#draw = draw;
  }

  upTo(max: number): number {
    return max === 0 ? 0 : this.#draw(upTo(max));
  }

  pick<T>(list: readonly T[]): T {
    return list[this.upTo(list.length - 1)] as T;
  }

  /** True once in so many times. */
  rarely(times: number): boolean {
    return this.upTo(times - 1) === times - 1;
  }

  of<T>(arbitrary: fc.Arbitrary<T>): T {
    return this.#draw(builderOf(arbitrary));
  }

  list<T>(min: number, max: number, one: (index: number) => T): T[] {
    return Array.from({ length: min + this.upTo(max - min) }, (_, index) => one(index));
  }
}

/** Values made by drawing. */
export function drawn<T>(body: (draw: Draw) => T): fc.Arbitrary<T> {
  return fc.gen().map((draw) => body(new Draw(draw)));
}

/** What is surely there. */
export function there<T>(value: T | null): T {
  if (value === null) throw new Error("Nothing could be drawn.");
  return value;
}
