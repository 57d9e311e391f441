import type { AggregateOptions, FunctionOptions } from "../databases/sqlite/face.js";
import type { Loaded, Pointer } from "./library.js";
import { argumentValue, giveResult } from "./values.js";

type Call = (...values: never[]) => unknown;

interface Known {
  readonly wide: boolean;
  readonly call: Call;
  readonly aggregate: AggregateOptions<unknown> | null;
}

const UTF8 = 1;
const MARK_BYTES = 8;

/**
 * Functions of JavaScript's that SQL calls. The library is given three of ours to call back, and a number each by which they
 * find what is meant.
 */
export class Functions {
  readonly #loaded: Loaded;
  readonly #known: Known[] = [];
  /** The totals of groups that are being gone through. */
  readonly #totals = new Map<number, unknown>();
  #marks = 0;
  #thrown: { readonly error: unknown } | null = null;
  readonly #call: Pointer;
  readonly #step: Pointer;
  readonly #final: Pointer;

  constructor(loaded: Loaded) {
    this.#loaded = loaded;
    this.#call = loaded.callback((context, values) => this.#answer(context, values));
    this.#step = loaded.callback((context, values) => this.#stepOn(context, values));
    this.#final = loaded.finalCallback((context) => this.#end(context));
  }

  /** What a function threw while a statement ran, which SQLite knows only to have failed. */
  takeThrown(): { readonly error: unknown } | null {
    const thrown = this.#thrown;
    this.#thrown = null;
    return thrown;
  }

  define(
    database: Pointer,
    name: string,
    { safeIntegers = false, varargs = false }: FunctionOptions,
    call: Call,
  ): void {
    const id = this.#known.push({ wide: safeIntegers, call, aggregate: null }) - 1;
    const length = varargs ? -1 : call.length;
    this.#loaded.sqlite.create_function(database, name, length, UTF8, id, this.#call, null, null);
  }

  defineAggregate<T>(database: Pointer, name: string, options: AggregateOptions<T>): void {
    const { safeIntegers = false, varargs = false, step } = options;
    const aggregate = options as unknown as AggregateOptions<unknown>;
    const id = this.#known.push({ wide: safeIntegers, call: step, aggregate }) - 1;
    const length = varargs ? -1 : step.length - 1;
    this.#loaded.sqlite.create_function(database, name, length, UTF8, id, null, this.#step, this.#final);
  }

  #of(context: Pointer): Known {
    return this.#known[Number(this.#loaded.sqlite.user_data(context))]!;
  }

  /** Nothing may be thrown through the library. */
  #guarded(context: Pointer, work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#thrown ??= { error };
      this.#loaded.sqlite.result_error(context, "a function of JavaScript's threw an error", -1);
    }
  }

  #answer(context: Pointer, values: readonly Pointer[]): void {
    this.#guarded(context, () => {
      const { wide, call } = this.#of(context);
      const given = values.map((value) => argumentValue(this.#loaded, value, wide)) as never[];
      giveResult(this.#loaded.sqlite, context, call(...given));
    });
  }

  #stepOn(context: Pointer, values: readonly Pointer[]): void {
    this.#guarded(context, () => {
      const { wide, aggregate } = this.#of(context);
      const given = values.map((value) => argumentValue(this.#loaded, value, wide)) as never[];
      const mark = this.#markOf(context, true);
      const total = this.#totals.has(mark) ? this.#totals.get(mark) : startOf(aggregate!);
      const next = aggregate!.step(total, ...given);
      this.#totals.set(mark, next === undefined ? total : next);
    });
  }

  #end(context: Pointer): void {
    this.#guarded(context, () => {
      const { aggregate } = this.#of(context);
      const mark = this.#markOf(context, false);
      const total = this.#totals.has(mark) ? this.#totals.get(mark) : startOf(aggregate!);
      this.#totals.delete(mark);
      const { result } = aggregate!;
      giveResult(this.#loaded.sqlite, context, result === undefined ? total : result(total));
    });
  }

  /** The number of a group, which SQLite keeps for it; 0 for one that has no rows. */
  #markOf(context: Pointer, make: boolean): number {
    const at = this.#loaded.sqlite.aggregate_context(context, make ? MARK_BYTES : 0);
    if (at === null) return 0;
    const known = this.#loaded.readNumber(at);
    if (known !== 0 || !make) return known;
    this.#marks += 1;
    this.#loaded.writeNumber(at, this.#marks);
    return this.#marks;
  }
}

function startOf({ start }: AggregateOptions<unknown>): unknown {
  return typeof start === "function" ? (start as () => unknown)() : (start ?? null);
}
