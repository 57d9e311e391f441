import { sql } from "kysely";
import { Expression } from "../../expressions/index.js";
import { refuse } from "../../fields/index.js";
import { operandOfKind, type OwnFunctionDefinition } from "../../functions/index.js";
import { type Parts, targetOf } from "../../json/own-call.js";
import { newMark, type Operand } from "../../lookups/index.js";
import type { AnyExpression, ClaimsOf, Expression as Typing, Typed } from "../../types/expression.js";
import { onlyMysql } from "../only-mysql.js";

const result = operandOfKind("bigInteger", null);

const definition: OwnFunctionDefinition = Object.freeze({
  name: "BitNumber",
  arity: [1, 1] as const,
  operand: ([of]: readonly Operand[]) =>
    of?.family === "bits" ? result : refuse(`BitNumber is of bits, and this is a ${String(of?.family)}.`),
  compile: ({ args, engine, label }: Parts & { readonly engine: string }) => {
    onlyMysql({ name: engine, label }, "BitNumber(…)", "A field of whole numbers is one already.");
    return sql`cast(${args[0]} as unsigned)`;
  },
  mark: newMark(),
});

/**
 * The number that the bits of a `bitColumn` are, to calculate with: the server's own sums and greatest values are of numbers.
 *
 * @example
 * ```ts no-run
 * await Door.objects.aggregate({ most: Max(BitNumber("open")) });
 * // SELECT MAX(cast(`door`.`open` as unsigned)) AS `most` FROM `door`
 * ```
 * @throws FieldError for what is no such column; NotSupportedError, when it runs, on other engines.
 */
export function BitNumber<const X extends string | AnyExpression>(
  of: X,
): Typing<Typed<bigint, true, "number">, ClaimsOf<X>> {
  return new Expression({ kind: "own", definition, args: [targetOf(of, "BitNumber")], options: {} }) as never;
}
