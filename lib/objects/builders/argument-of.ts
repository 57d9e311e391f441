import { argument, type Expression, value } from "../../expressions/index.js";

/** An argument of a function: a path, an expression, or a number as it is. */
export function argumentOf(given: unknown, where: string): Expression {
  return typeof given === "number" || typeof given === "bigint" ? value(given) : argument(given, where);
}
