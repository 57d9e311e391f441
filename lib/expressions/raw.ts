import { FieldError } from "../errors/index.js";
import { printable } from "../util/printable.js";
import { Expression } from "./expression.js";

/** SQL written with Kysely's `sql` tag. `as` names the kind of field whose values it gives; a decimal has a scale. */
export function rawExpression(given: unknown, as: unknown = null, { scale = null }: RawOptions = {}): Expression {
  if (as !== null && typeof as !== "string") {
    throw new FieldError(
      `raw(sql, kind): expected the name of a kind of field such as "integer", got ${printable(as)}.`,
    );
  }
  if (scale !== null && !(Number.isInteger(scale) && scale >= 0 && scale <= 30)) {
    throw new FieldError(
      `raw(sql, "decimal", { scale }): expected a whole number from 0 to 30, got ${printable(scale)}.`,
    );
  }
  return new Expression({ kind: "raw", node: nodeOf(given, "raw(…) takes"), as, scale });
}

interface RawOptions {
  readonly scale?: number | null;
}

/**
 * The node of something that Kysely wrote. Any version's will do, so none of its classes are asked for; text and data are
 * told by having no methods, which nothing has that was parsed from JSON.
 */
export function nodeOf(given: unknown, where: string): object {
  const source = given as { toOperationNode?: unknown } | null | undefined;
  if (source === null || typeof source !== "object" || typeof source.toOperationNode !== "function") {
    throw new FieldError(
      `${where} SQL written with Kysely's tag, sql\`…\`, which binds its values; got ${printable(given)}.`,
    );
  }
  const node: unknown = (source as { toOperationNode(): unknown }).toOperationNode();
  if (node === null || typeof node !== "object" || typeof (node as { kind?: unknown }).kind !== "string") {
    throw new FieldError(`${where} SQL written with Kysely's tag, got something else with its methods.`);
  }
  if ((node as { kind: string }).kind === "AliasNode") {
    throw new FieldError(`${where} SQL without a name: leave out as(…).`);
  }
  return node;
}
