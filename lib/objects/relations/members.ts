import type { DatabaseCore } from "../../execute/database-core.js";
import { FieldError, ValidationError } from "../../errors/index.js";
import { Refusal, refuse } from "../../fields/index.js";
import { type ColumnMeta, metaOfRow, type ModelMeta, valueIn } from "../../models/index.js";
import { keyOfRow, QUERY, type Query, withoutOrder, withPicked } from "../../query/index.js";
import { printable } from "../../util/printable.js";
import { fetchRows } from "../reading/fetch.js";
import type { StatefulRow } from "../rows/row-state.js";
import { refuseStranger } from "../rows/strangers.js";

/** A row that a relation is given or loses, by what it is known by; the row itself where that was given. */
export interface Member {
  /** A value, or a tuple of them. */
  readonly key: unknown;
  /** The same as text, to tell members apart. */
  readonly text: string;
  readonly row: StatefulRow | null;
}

/** Which rows a relation leads to. */
export interface Membership {
  /** The row that the relation leads from. */
  readonly row: object;
  /** "Post.tags", for messages. */
  readonly owner: string;
  readonly name: string;
  readonly target: ModelMeta;
  /** The columns of the target that its rows are known by. */
  readonly columns: readonly ColumnMeta[];
}

/** Reads rows, keys and querysets, mixed as they like; each member comes once. */
export async function readMembers(
  database: DatabaseCore,
  of: Membership,
  given: readonly unknown[],
  method: string,
): Promise<readonly Member[]> {
  const members = new Map<string, Member>();
  for (const value of given) {
    const query = (value as { readonly [QUERY]?: Query } | null | undefined)?.[QUERY];
    const found =
      query === undefined ? [memberOf(database, of, value, method)] : await membersOf(database, of, query, method);
    for (const member of found) {
      if (!members.has(member.text) || member.row !== null) members.set(member.text, member);
    }
  }
  return [...members.values()];
}

function memberOf(database: DatabaseCore, of: Membership, value: unknown, method: string): Member {
  try {
    const member = memberNamed(of, value);
    if (member.row !== null) refuseStranger(of.row, database, member.row);
    return member;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw new ValidationError(of.owner, [{ field: of.name, message: `${method}(…): ${error.message}` }]);
  }
}

/** A member by its row or its key. Throws a `Refusal`. */
export function memberNamed(of: Pick<Membership, "target" | "columns">, value: unknown): Member {
  const meta = metaOfRow(value);
  if (meta === null) return keyMember(of, value);
  keyOfRow(value, of.target);
  const row = value as StatefulRow;
  return memberBy(
    of.columns.map((column) => valueIn(row, column)),
    row,
  );
}

function keyMember({ columns, target }: Pick<Membership, "target" | "columns">, value: unknown): Member {
  const isTuple = Array.isArray(value);
  const parts: unknown[] = columns.length === 1 && !isTuple ? [value] : isTuple ? (value as unknown[]) : [];
  if (columns.length === 1 && isTuple) {
    return refuse(`takes rows of ${target.name} and their keys one by one, not in a list. Spread it: (...list).`);
  }
  if (parts.length !== columns.length || parts.some((part) => part === null || part === undefined)) {
    return refuse(`expected a row of ${target.name} or its key, got ${printable(value)}.`);
  }
  return memberBy(
    columns.map((column, index) => keyPart(target, column, parts[index])),
    null,
  );
}

function keyPart(target: ModelMeta, column: ColumnMeta, value: unknown): unknown {
  const isKey = typeof value !== "object" || value instanceof Date || value instanceof Uint8Array;
  return isKey
    ? column.scalar.convert(column.family === "number" ? numberIn(value) : value)
    : refuse(`expected a row of ${target.name} or its key, got ${printable(value)}.`);
}

/** The whole number that a text is, for keys come as texts from paths and forms; anything else as it is. */
function numberIn(value: unknown): unknown {
  if (typeof value !== "string" || !/^-?\d{1,19}$/.test(value)) return value;
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : BigInt(value);
}

/** A member by the values that it is known by. */
export function memberBy(values: readonly unknown[], row: StatefulRow | null = null): Member {
  return { key: values.length === 1 ? values[0] : values, text: values.map(textOf).join("\0"), row };
}

function textOf(value: unknown): string {
  if (value instanceof Date) return value.toISOString();
  return value instanceof Uint8Array ? Buffer.from(value).toString("hex") : String(value);
}

async function membersOf(
  database: DatabaseCore,
  { owner, name, target, columns }: Membership,
  query: Query,
  method: string,
): Promise<readonly Member[]> {
  const { model, picked } = query;
  if (model.table !== target.table || model.schema !== target.schema || picked !== null) {
    const what = picked === null ? `one of ${model.name}` : "one of values";
    throw new FieldError(`${owner}.${name}: ${method}(…) takes a queryset of rows of ${target.name}, got ${what}.`);
  }
  const names = columns.map((column) => column.field);
  const found = await fetchRows(database, withPicked(withoutOrder(query), "lists", names, "valuesList"));
  return (found as unknown[][]).map((values) => memberBy(values));
}
