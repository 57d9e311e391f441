import { FieldError } from "../errors/index.js";
import { plainKinds } from "../fields/index.js";
import type { ModelMeta } from "../models/index.js";
import type { FromFunction, FromQuery } from "./joined-from.js";
import { Reader } from "./parse-filter.js";
import { changed, shapeKey } from "./query.js";
import { readPath } from "./read-path.js";
import { readTerm, toldAs } from "./read-term.js";
import type { FunctionRows, QueryRows, RowsAlias } from "./rows-alias.js";
import { modelOf, rowsModel } from "./rows-model.js";
import { columnsIn, holdsAggregate, holdsWindow } from "./term.js";
import type { ColumnTerm, HeldTerm, OuterTerm, OwnTerm, Query, Term } from "./tree.js";

/** Rows that are no table's, read: what names lead into, where they are from, and what that adds to the query. */
export interface ReadRows {
  readonly target: ModelMeta;
  readonly from: FromQuery | FromFunction;
  readonly key: string;
  readonly slots: readonly unknown[];
  readonly needs: Reader["needs"];
}

/** Reads rows that are worked out for each row of a query: they may name that. */
export function readRows(query: Query, { name, rows }: RowsAlias): ReadRows {
  const reader = new Reader(query, "join");
  const where = `join(… "${name}" …)`;
  try {
    const read = rows.kind === "query" ? readQuery(reader, name, rows) : readFunction(reader, name, rows, query);
    if (reader.outer.length > 0) throw tooFar(reader.model, name, reader.outer[0] as OuterTerm);
    return { ...read, slots: reader.slots, needs: reader.needs };
  } catch (error) {
    throw toldAs(error, reader.model, where);
  }
}

type Read = Pick<ReadRows, "target" | "from" | "key">;

function readQuery(reader: Reader, name: string, rows: QueryRows): Read {
  // No row is none, however many there would be.
  const given = rows.query.none ? changed(rows.query, { limit: 0, offset: 0, fixed: true }) : rows.query;
  const names = given.outer.filter(({ levels }) => levels === 1).flatMap((term) => columnsOf(reader, name, term));
  const base = reader.slots.length;
  const { query: placed, slot } = reader.takeQuery(given);
  const { meta, query, columns } = rowsModel(placed, name);
  return {
    target: meta,
    from: { kind: "query", query, slot: base + slot, columns, names },
    key: `(${shapeKey(given)})`,
  };
}

function readFunction(reader: Reader, name: string, { call, columns, key }: FunctionRows, { model }: Query): Read {
  const [term, spelled] = readTerm(reader, call);
  const held = columns.map(({ name: column, field: scalar, nullable }): HeldTerm => {
    const { family, type, convert } = scalar;
    const operand = { family, type, convert, scalar };
    return { kind: "held", name: column, column, of: null, operand, nullable };
  });
  const mark: HeldTerm = {
    ...{ kind: "held", name: key, column: key, of: null, nullable: false },
    operand: { ...plainKinds.integer, scalar: null },
  };
  const names = named(reader, name, term);
  return {
    target: modelOf({ ...model, name }, held, held.find((column) => column.name === key) ?? mark),
    from: { kind: "function", term: term as OwnTerm, base: 0, names },
    key: spelled,
  };
}

/** The columns that a value of the row beside is made of. */
function columnsOf(reader: Reader, name: string, { path }: OuterTerm): readonly ColumnTerm[] {
  return named(reader, name, readPath(reader, path)[0]);
}

function named({ model }: Reader, name: string, term: Term): readonly ColumnTerm[] {
  const columns = columnsIn({ kind: "truth", term });
  const isMany = columns.some(({ path }) => path.multi >= 0) || holdsWindow(term) || holdsAggregate(term, true);
  if (!isMany) return columns;
  throw new FieldError(
    `${model.name}: the rows of "${name}" are worked out for single rows, and name fields of ${model.name}, and along ` +
      `relations to one row.`,
  );
}

function tooFar({ name: model }: ModelMeta, name: string, { path }: OuterTerm): FieldError {
  return new FieldError(
    `${model}: the rows of "${name}" can name the row that they are joined to, and no query around that, as ` +
      `OuterRef(OuterRef("${path}")) does. Annotate that row with the value, and name the annotation.`,
  );
}
