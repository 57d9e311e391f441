import { Expression, OrderExpression } from "../expressions/index.js";
import { refuse } from "../fields/index.js";
import { operandOfKind } from "../functions/index.js";
import { plainValue, UNTYPED } from "./open.js";
import { QUERY } from "./query.js";
import type { RawPart, RawSlot, RawTerm, Term } from "./tree.js";

type ReadPart = (expression: Expression) => readonly [Term, string];

/** Reads SQL of one's own: values in it go to slots, expressions of ours become parts of it. Throws a `Refusal`. */
export function readRaw(
  slots: unknown[],
  { node, as, scale }: { readonly node: object; readonly as: string | null; readonly scale: number | null },
  readPart: ReadPart,
): readonly [RawTerm, string] {
  const operand = as === null ? UNTYPED : operandOfKind(as, scale);
  const reader = new TemplateReader(slots, readPart);
  const template = reader.read(node) as object;
  const { parts, spelled } = reader;
  const term: RawTerm = { kind: "raw", template, parts, spelled, operand, nullable: true };
  return [term, `raw${as ?? ""}${scale ?? ""}(${spelled})`];
}

/** Reads a whole statement of one's own: its values go to slots; gives its template, and that spelled out. */
export function readStatement(slots: unknown[], node: object): readonly [template: object, spelled: string] {
  const reader = new TemplateReader(slots, () =>
    refuse("a whole query has no row yet whose fields an expression could name. Write it in SQL."),
  );
  const template = reader.read(node) as object;
  return [template, reader.spelled];
}

/** Takes Kysely's nodes apart. They are plain data, whatever its version: what is not known is kept as it is. */
class TemplateReader {
  readonly parts: Term[] = [];
  spelled = "";
  readonly #slots: unknown[];
  readonly #readPart: ReadPart;

  constructor(slots: unknown[], readPart: ReadPart) {
    this.#slots = slots;
    this.#readPart = readPart;
  }

  read(node: unknown): unknown {
    if (Array.isArray(node)) return this.#list(node);
    if (node === null || typeof node !== "object") return this.#plain(node);
    const { kind } = node as { kind?: unknown };
    if (kind === "ValueNode" && (node as { immediate?: unknown }).immediate !== true) {
      return this.#value((node as { value?: unknown }).value);
    }
    if (kind === "PrimitiveValueListNode") return this.#values((node as { values: readonly unknown[] }).values);
    const prototype: unknown = Object.getPrototypeOf(node);
    if (prototype !== Object.prototype && prototype !== null) return this.#plain(node);
    return this.#members(node);
  }

  #list(list: readonly unknown[]): unknown[] {
    this.spelled += "[";
    const read = list.map((item) => this.read(item));
    this.spelled += "]";
    return read;
  }

  #members(node: object): object {
    this.spelled += "{";
    const copy: Record<string, unknown> = {};
    for (const [name, member] of Object.entries(node)) {
      if (member === undefined) continue;
      this.spelled += `${name}:`;
      copy[name] = this.read(member);
    }
    this.spelled += "}";
    return copy;
  }

  #plain(value: unknown): unknown {
    this.spelled += typeof value === "string" ? JSON.stringify(value) : `${typeof value} ${String(value)},`;
    return value;
  }

  #value(value: unknown): RawSlot | RawPart {
    const expression = expressionOf(value);
    if (expression === null) {
      this.spelled += "?";
      return { kind: "RawSlot", slot: this.#slots.push(plainValue(value)) - 1 };
    }
    const [term, key] = this.#readPart(expression);
    this.spelled += `<${key}>`;
    return { kind: "RawPart", index: this.parts.push(term) - 1 };
  }

  /** A list is as long as the next power of two, its last value repeated, so that its length makes few shapes. */
  #values(values: readonly unknown[]): object {
    if (values.length === 0) refuse("a list to be compared with is empty. Leave the condition out, or use a lookup.");
    const length = 2 ** Math.ceil(Math.log2(values.length));
    this.spelled += "(";
    const items = Array.from({ length }, (_, index) => this.#value(values[Math.min(index, values.length - 1)]));
    this.spelled += ")";
    return { kind: "ValueListNode", values: items };
  }
}

/** An expression or a queryset that was put into the tag; null for a value. */
function expressionOf(value: unknown): Expression | null {
  if (Expression.is(value)) return value;
  if (OrderExpression.is(value)) return refuse("asc() and desc() belong outside: raw(sql`…`).desc().");
  if (value === null || typeof value !== "object" || !(QUERY in value)) return null;
  return new Expression({ kind: "subquery", queryset: value });
}
