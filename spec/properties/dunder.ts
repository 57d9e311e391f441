import * as dunder from "dunder-orm";

/** An expression whose paths are made at random, so that the compiler cannot check them. */
export interface AnyExpression {
  add(other: unknown): AnyExpression;
  [method: string]: (...args: unknown[]) => AnyExpression;
}

type Make = (...args: unknown[]) => AnyExpression;

/** What the package exports to make expressions, by name. */
export const make = dunder as unknown as Readonly<Record<string, Make>>;

export const Q = dunder.Q as unknown as Make & Readonly<Record<"and" | "or" | "xor", Make>>;
