import { FieldError } from "../errors/index.js";
import { printable } from "../util/printable.js";
import type { Said } from "./said.js";

/** Where NULLs come in an order; null leaves it to the engine. */
export type Nulls = "first" | "last" | null;

/**
 * Something that is worked out for each row: a column, a value, what a function makes of others. A pure tree: names in
 * it are looked up when a queryset takes it.
 */
export class Expression {
  readonly said: Said<Expression, QExpression>;
  // A private field, so that nothing parsed from JSON can pass for an expression.
  readonly #brand = true;

  constructor(said: Said<Expression, QExpression>) {
    this.said = Object.freeze(said);
    if (new.target === Expression) Object.freeze(this);
  }

  static is(value: unknown): value is Expression {
    return typeof value === "object" && value !== null && #brand in value;
  }

  add(other: unknown): Expression {
    return this.#with("add", other);
  }

  sub(other: unknown): Expression {
    return this.#with("sub", other);
  }

  mul(other: unknown): Expression {
    return this.#with("mul", other);
  }

  div(other: unknown): Expression {
    return this.#with("div", other);
  }

  mod(other: unknown): Expression {
    return this.#with("mod", other);
  }

  pow(other: unknown): Expression {
    return this.#with("pow", other);
  }

  neg(): Expression {
    return call("neg", [this]);
  }

  bitAnd(other: unknown): Expression {
    return this.#with("bitAnd", other);
  }

  bitOr(other: unknown): Expression {
    return this.#with("bitOr", other);
  }

  bitXor(other: unknown): Expression {
    return this.#with("bitXor", other);
  }

  bitLeft(places: unknown): Expression {
    return this.#with("bitLeft", places);
  }

  bitRight(places: unknown): Expression {
    return this.#with("bitRight", places);
  }

  eq(other: unknown): QExpression {
    return comparison(this, "exact", other);
  }

  ne(other: unknown): QExpression {
    return comparison(this, "ne", other);
  }

  gt(other: unknown): QExpression {
    return comparison(this, "gt", other);
  }

  gte(other: unknown): QExpression {
    return comparison(this, "gte", other);
  }

  lt(other: unknown): QExpression {
    return comparison(this, "lt", other);
  }

  lte(other: unknown): QExpression {
    return comparison(this, "lte", other);
  }

  isNull(yes: unknown = true): QExpression {
    return comparison(this, "isnull", yes);
  }

  in(list: unknown): QExpression {
    return comparison(this, "in", list);
  }

  key(...steps: unknown[]): Expression {
    return new Expression({ kind: "key", of: this, steps: Object.freeze(steps) });
  }

  asc(options: { nulls?: Nulls } = {}): OrderExpression {
    return new OrderExpression(this, false, nullsOf(options));
  }

  desc(options: { nulls?: Nulls } = {}): OrderExpression {
    return new OrderExpression(this, true, nullsOf(options));
  }

  #with(name: string, other: unknown): Expression {
    return call(name, [this, operand(other)]);
  }
}

/** How a Q combines what it holds. */
export type QConnector = "where" | "and" | "or" | "xor" | "not" | "compare" | "exists" | "boolean";

/** What is compared with what, by a lookup's name. */
export interface Comparison {
  readonly left: Expression;
  readonly lookup: string;
  readonly right: unknown;
}

/**
 * A condition that can be combined before it is asked: `Q({ title: "x" }).or(Q({ album__name: "y" })).not()`.
 */
export class QExpression extends Expression {
  readonly connector: QConnector;
  readonly where: Readonly<Record<string, unknown>> | null;
  readonly items: readonly QExpression[];
  readonly compared: Comparison | null;
  /** For "exists" a queryset, for "boolean" an expression that is true or false. */
  readonly subject: unknown;

  constructor(connector: QConnector, parts: Partial<Pick<QExpression, "where" | "items" | "compared" | "subject">>) {
    super({ kind: "condition" });
    this.connector = connector;
    this.where = parts.where ?? null;
    this.items = parts.items ?? [];
    this.compared = parts.compared ?? null;
    this.subject = parts.subject ?? null;
    Object.freeze(this);
  }

  static override is(value: unknown): value is QExpression {
    return Expression.is(value) && value instanceof QExpression;
  }

  or(other: unknown): QExpression {
    return combine("or", [this, other]);
  }

  and(other: unknown): QExpression {
    return combine("and", [this, other]);
  }

  xor(other: unknown): QExpression {
    return combine("xor", [this, other]);
  }

  not(): QExpression {
    return new QExpression("not", { items: [this] });
  }
}

/** An expression to order rows by. */
export class OrderExpression {
  readonly expression: Expression;
  readonly descending: boolean;
  readonly nulls: Nulls;
  readonly #brand = true;

  constructor(expression: Expression, descending: boolean, nulls: Nulls) {
    this.expression = expression;
    this.descending = descending;
    this.nulls = nulls;
    Object.freeze(this);
  }

  static is(value: unknown): value is OrderExpression {
    return typeof value === "object" && value !== null && #brand in value;
  }
}

function nullsOf({ nulls = null }: { nulls?: unknown }): Nulls {
  if (nulls === null || nulls === "first" || nulls === "last") return nulls;
  throw new FieldError(`asc and desc take { nulls: "first" } or { nulls: "last" }, got ${printable(nulls)}.`);
}

/** What an operator or a function makes of its arguments. */
export function call(
  name: string,
  args: readonly Expression[],
  options: Readonly<Record<string, unknown>> = {},
): Expression {
  return new Expression({ kind: "call", name, args, options });
}

/** A value, bound as a parameter. `as` names the kind of field whose value it is, where it does not show by itself. */
export function value(given: unknown, as: string | null = null): Expression {
  return new Expression({ kind: "value", value: given, as });
}

/** An operand of an operator: an expression, or a value. */
function operand(given: unknown): Expression {
  return Expression.is(given) ? given : value(given);
}

/** An argument of a function: an expression, or a path. */
export function argument(given: unknown, where: string): Expression {
  if (Expression.is(given)) return given;
  if (typeof given === "string" && given !== "") return new Expression({ kind: "path", path: given });
  throw new FieldError(
    `${where}: expected the path of a field or an expression, got ${printable(given)}. A value is written Value(…).`,
  );
}

function comparison(left: Expression, lookup: string, right: unknown): QExpression {
  return new QExpression("compare", { compared: { left, lookup, right } });
}

/** Joins conditions; one inside another of the same connector is flattened, so that long chains stay shallow. */
export function combine(connector: "and" | "or" | "xor", items: readonly unknown[]): QExpression {
  const flat: QExpression[] = [];
  for (const item of items) {
    if (!QExpression.is(item)) {
      throw new FieldError(`Q.${connector}(…) combines Q expressions, got ${printable(item)}. Wrap it: Q({ … }).`);
    }
    // Not spread: a call takes no list of any length.
    if (item.connector === connector) for (const inner of item.items) flat.push(inner);
    else flat.push(item);
  }
  return new QExpression(connector, { items: flat });
}

/** Makes a Q of lookups which must all hold. */
export function whereExpression(where: unknown): QExpression {
  if (where === null || typeof where !== "object" || Array.isArray(where) || Expression.is(where)) {
    throw new FieldError(`Q(…) takes an object of lookups such as { name__iexact: "x" }, got ${printable(where)}.`);
  }
  return new QExpression("where", { where: Object.freeze({ ...where }) });
}
