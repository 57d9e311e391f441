import { FieldError } from "../../errors/index.js";
import { limitsProblem } from "../../execute/index.js";
import { type Bounds, withinBounds } from "../reading/bounds.js";
import { AGAIN, DATABASE, NAME, REFINED, type Refinable } from "./refinable.js";

/** What running a queryset is bound by; only those have it that were given limits. */
const LIMITS: unique symbol = Symbol("dunder.limits");

interface Limited extends Refinable {
  [LIMITS]: Bounds;
}

type Method = (this: object, ...args: unknown[]) => unknown;

const AsyncFunction = (async () => Promise.resolve()).constructor;

/** The same queryset, bound by one more limit; a later one of a kind takes the place of an earlier one. */
export function withLimit<Q extends Refinable>(queryset: Q, more: Bounds, runs: object): Q {
  const [method, value] = Object.entries(more)[0] as [string, unknown];
  const problem = value === undefined ? `${method}(…) takes a value.` : limitsProblem(more);
  if (problem !== null) throw new FieldError(`${queryset[NAME]}: ${problem}`);
  return bound(queryset[AGAIN](), { ...limitsOf(queryset), ...more }, runs);
}

/** The limits of a queryset; null for one without. */
export function limitsOf(queryset: object): Bounds | null {
  return (queryset as Partial<Limited>)[LIMITS] ?? null;
}

function bound<Q extends Refinable>(queryset: Q, limits: Bounds, runs: object): Q {
  const prototype = Object.getPrototypeOf(queryset) as object;
  // Others must not pay for what few use, so that their methods know nothing of limits.
  Object.setPrototypeOf(queryset, LIMITS in prototype ? prototype : limitedPrototype(prototype, runs));
  (queryset as unknown as Limited)[LIMITS] = limits;
  return queryset;
}

const prototypes = new WeakMap<object, object>();

/** What a class's querysets inherit once they have limits: `runs` names the methods that run, be they overridden. */
function limitedPrototype(original: object, runs: object): object {
  const known = prototypes.get(original);
  if (known !== undefined) return known;
  const methods = original as Record<string, Method>;
  const limited = Object.create(original) as Record<string, unknown>;
  for (const name of Object.getOwnPropertyNames(runs)) {
    if (name === "iterator") limited[name] = steppingWithin(methods[name] as Method);
    else if ((runs as Record<string, unknown>)[name] instanceof AsyncFunction) {
      limited[name] = runningWithin(methods[name] as Method);
    }
  }
  const make = original as Refinable;
  Object.defineProperty(limited, LIMITS, { value: {}, writable: true });
  Object.defineProperty(limited, REFINED, {
    value(this: Limited, ...args: Parameters<Refinable[typeof REFINED]>): Refinable {
      return bound(make[REFINED].apply(this, args), this[LIMITS], runs);
    },
  });
  prototypes.set(original, limited);
  return limited;
}

function runningWithin(method: Method): Method {
  return async function (this: object, ...args) {
    const limited = this as Limited;
    return withinBounds(limited[DATABASE], limited[LIMITS], () => method.apply(this, args) as Promise<unknown>);
  };
}

/** A stream's time is that of each step: how long the loop's own work takes is nobody's business. */
function steppingWithin(method: Method): Method {
  return function (this: object, ...args): AsyncIterableIterator<object> {
    const steps = method.apply(this, args) as AsyncIterableIterator<object>;
    const { [DATABASE]: database, [LIMITS]: limits } = this as Limited;
    return {
      next: () => withinBounds(database, limits, () => steps.next()),
      return: () => steps.return?.() ?? Promise.resolve({ done: true, value: undefined }),
      throw: (error) => steps.throw?.(error) ?? Promise.reject(error as Error),
      [Symbol.asyncIterator]() {
        return this;
      },
    };
  };
}
