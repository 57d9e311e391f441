import { plainKinds } from "../fields/index.js";
import type { Operand } from "../lookups/index.js";

/**
 * What is not known before a query stands in another one: the kind of an `OuterRef`, and of all that is made of it. What
 * is asked of it is checked then.
 */
export const OPEN: Operand = Object.freeze({
  ...plainKinds.json,
  family: "text",
  scalar: null,
  convert: (value: unknown) => value,
});

export function isOpen(operand: Operand): boolean {
  return operand === OPEN;
}
