import { FieldError } from "../errors/index.js";
import { printable } from "../util/printable.js";

/** How a Q combines what it holds. */
export type QConnector = "where" | "and" | "or" | "xor" | "not";

/**
 * A condition that can be combined before it is asked: `Q({ title: "x" }).or(Q({ album__name: "y" })).not()`.
 *
 * A pure tree: names in it are looked up when a queryset takes it.
 */
export class QExpression {
  readonly connector: QConnector;
  readonly where: Readonly<Record<string, unknown>> | null;
  readonly items: readonly QExpression[];
  // A private field, so that nothing parsed from JSON can pass for an expression.
  readonly #brand = true;

  constructor(connector: QConnector, where: object | null, items: readonly QExpression[]) {
    this.connector = connector;
    this.where = where as Readonly<Record<string, unknown>> | null;
    this.items = items;
    Object.freeze(this);
  }

  static is(value: unknown): value is QExpression {
    return typeof value === "object" && value !== null && #brand in value;
  }

  or(other: QExpression): QExpression {
    return combine("or", [this, other]);
  }

  and(other: QExpression): QExpression {
    return combine("and", [this, other]);
  }

  xor(other: QExpression): QExpression {
    return combine("xor", [this, other]);
  }

  not(): QExpression {
    return new QExpression("not", null, [this]);
  }
}

/** Joins expressions; one inside another of the same connector is flattened, so that long chains stay shallow. */
export function combine(connector: "and" | "or" | "xor", items: readonly unknown[]): QExpression {
  const flat: QExpression[] = [];
  for (const item of items) {
    if (!QExpression.is(item)) {
      throw new FieldError(`Q.${connector}(…) combines Q expressions, got ${printable(item)}. Wrap it: Q({ … }).`);
    }
    if (item.connector === connector) flat.push(...item.items);
    else flat.push(item);
  }
  return new QExpression(connector, null, flat);
}

/** Makes a Q of lookups which must all hold. */
export function whereExpression(where: object): QExpression {
  if (where === null || typeof where !== "object" || Array.isArray(where) || QExpression.is(where)) {
    throw new FieldError(`Q(…) takes an object of lookups such as { name__iexact: "x" }, got ${printable(where)}.`);
  }
  return new QExpression("where", Object.freeze({ ...where }), []);
}
