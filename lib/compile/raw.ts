import { ColumnNode, type OperationNode, ReferenceNode, TableNode, type ValueNode } from "kysely";
import { sqlNode } from "../databases/nodes.js";
import type { Encode, Engine } from "../databases/ports/index.js";
import { type ColumnType, columnType } from "../fields/index.js";
import type { RawPart, RawSlot, RawTerm, Term } from "../query/index.js";

/** What SQL of one's own is written with. */
export interface RawContext {
  /** The table that the query is about, and the name it goes by where the SQL stands. */
  readonly table: string;
  readonly alias: string;
  parameter(slot: number): OperationNode;
  part(term: Term): OperationNode;
  /** A value that is no slot's. */
  constant?(value: unknown): OperationNode;
  /** Nodes that are written already. */
  readonly given?: ReadonlySet<object>;
  /** A value as one of a type, where the engine would not know. */
  typed(node: OperationNode, type: ColumnType): OperationNode;
}

/**
 * SQL of one's own with its values and expressions put in. Names of columns are those of the query's own table, unless
 * they say another, or stand in a query within.
 */
export function rawNode({ template, parts, operand }: RawTerm, context: RawContext): OperationNode {
  const node = new Filler(parts, context).fill(template, {
    bare: true,
    own: new Set([context.table, SELF]),
  }) as OperationNode;
  const whole = bracketed(node);
  // Of a kind that was told, it is compared and calculated with as such, whatever type it has by itself.
  const isTold = operand.type.storage !== "custom" && operand.type.storage !== "boolean";
  return isTold ? context.typed(whole, operand.type) : whole;
}

/** What a query's own row is called where its table's name is not known: in `where((eb) => …)`. */
const SELF = "self";

/** Which names of columns are the query's: those that name no table, and those that name one of these. */
interface Names {
  readonly bare: boolean;
  readonly own: ReadonlySet<string>;
}

/** Nodes that stay together by themselves, or are written in brackets. */
const WHOLE: ReadonlySet<string> = new Set([
  "CastNode",
  "FunctionNode",
  "ParensNode",
  "ReferenceNode",
  "SelectQueryNode",
  "ValueNode",
]);

class Filler {
  readonly #parts: readonly Term[];
  readonly #context: RawContext;

  constructor(parts: readonly Term[], context: RawContext) {
    this.#parts = parts;
    this.#context = context;
  }

  fill(node: unknown, names: Names): unknown {
    if (Array.isArray(node)) return node.map((item) => this.fill(item, names));
    if (node === null || typeof node !== "object") return node;
    if (this.#context.given?.has(node) === true || !isPlain(node)) return node;
    const { kind } = node as { kind?: unknown };
    const made = this.#made(node as OperationNode, names);
    if (made !== null) return made;
    const within = kind === "SelectQueryNode" ? this.#namesWithin(node, names) : names;
    return Object.fromEntries(Object.entries(node).map(([name, member]) => [name, this.fill(member, within)]));
  }

  /** What stands for one node, where that is not it with its members filled. */
  #made(node: OperationNode | RawSlot | RawPart, names: Names): OperationNode | null {
    const context = this.#context;
    switch (node.kind) {
      case "RawSlot":
        return context.parameter(node.slot);
      case "RawPart":
        return context.part(this.#parts[node.index] as Term);
      case "ReferenceNode":
        return this.#reference(node as ReferenceNode, names);
      case "ValueNode": {
        const { immediate, value } = node as ValueNode;
        return immediate === true ? null : (context.constant?.(value) ?? null);
      }
      default:
        return null;
    }
  }

  #reference(node: ReferenceNode, names: Names): ReferenceNode {
    const { table, column } = node;
    const { alias } = this.#context;
    if (!ColumnNode.is(column)) return node;
    const isOwn = table === undefined ? names.bare : isNamed(table, names.own);
    return isOwn ? ReferenceNode.create(column, TableNode.create(alias)) : node;
  }

  /** In a query within, names that say no table are its own, and so are those of the tables that it reads from. */
  #namesWithin(node: object, names: Names): Names {
    const { from, joins } = node as { from?: unknown; joins?: unknown };
    const hidden = namesIn([from, joins]);
    return { bare: false, own: new Set([...names.own].filter((name) => !hidden.has(name))) };
  }
}

function isPlain(node: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(node);
  return prototype === Object.prototype || prototype === null;
}

function isNamed({ table }: TableNode, names: ReadonlySet<string>): boolean {
  return table.schema === undefined && names.has(table.identifier.name);
}

/** The names by which tables go in FROM and JOIN. */
function namesIn(node: unknown): Set<string> {
  if (Array.isArray(node)) return new Set(node.flatMap((item) => [...namesIn(item)]));
  if (node === null || typeof node !== "object") return new Set();
  const { kind, alias, froms, table } = node as Record<string, unknown>;
  if (kind === "FromNode") return namesIn(froms);
  if (kind === "JoinNode") return namesIn(table);
  if (kind === "AliasNode") return new Set([String((alias as { name?: unknown }).name)]);
  return TableNode.is(node as OperationNode) ? new Set([(node as TableNode).table.identifier.name]) : new Set();
}

/** A whole statement of one's own with its values put in: all names in it are its own. */
export function statementNode(template: object, parameter: RawContext["parameter"]): OperationNode {
  const context = { table: "", alias: "", parameter, part: noPart, typed: noPart };
  return new Filler([], context).fill(template, { bare: false, own: new Set() }) as OperationNode;
}

/** SQL that a definition of a user's own wrote of nodes that are given, with its own values put in. */
export function filledNode(
  node: object,
  { given, constant }: { readonly given: ReadonlySet<object>; readonly constant: (value: unknown) => OperationNode },
): OperationNode {
  const context = { table: "", alias: "", parameter: noPart, part: noPart, typed: noPart, given, constant };
  return new Filler([], context).fill(node, { bare: false, own: new Set() }) as OperationNode;
}

/** In brackets where it needs them, so that what stands beside it does not take it apart. */
export function bracketed(node: OperationNode): OperationNode {
  return WHOLE.has(node.kind) ? node : sqlNode`(${node})`;
}

function noPart(): never {
  throw new Error("A whole statement has no expressions in it.");
}

/** How a value is bound whose kind is not told; a whole number as such, since drivers take numbers for floats. */
export function rawEncoder({ types, functions }: Engine): Encode {
  const whole = functions.encodeLiteral(columnType("integer"));
  const other = types.encoder(columnType("custom"));
  return (value) => {
    const isWhole = Number.isSafeInteger(value) && !Object.is(value, -0);
    const encode = isWhole ? whole : other;
    return encode === null ? value : encode(value);
  };
}
