import { callOperand, functionNamed, windowNamed } from "../functions/index.js";
import type { Operand } from "../lookups/index.js";
import { keyOrder } from "./order.js";
import type { OrderTerm, PlacedTerm, Query, SortTerm, Term, WindowTerm } from "./tree.js";

const ROW_NUMBER = "rowNumber";

/** The number of a row, from 1, among those that have some terms alike, in an order; the key decides where it does not. */
export function rowNumber(query: Query, partitionBy: readonly Term[], order: readonly OrderTerm[]): WindowTerm {
  const operand = callOperand(windowNamed(ROW_NUMBER) as never, [], {});
  return {
    kind: "window",
    of: { kind: "windowed", name: ROW_NUMBER, args: [], options: {}, operand, nullable: false },
    partitionBy,
    orderBy: [...order.map(sortOf), ...lastOrder(query)],
    frame: null,
    operand,
    nullable: false,
  };
}

/** What tells apart rows that are alike in a query's order. */
function lastOrder({ model, source }: Query): SortTerm[] {
  if (source?.isOfValues) return source.columns.map((term) => ({ term, descending: false, nulls: null }));
  return keyOrder(model).map(sortOf);
}

/** A term with slots of its own, as a part of another one. */
export function placed(of: PlacedTerm): Term {
  const { operand, nullable } = of.term;
  return { kind: "annotation", name: "distinct", of, operand, nullable };
}

function sortOf(item: OrderTerm): SortTerm {
  if (item.kind === "term") return { ...item.sort, term: placed({ term: item.sort.term, base: item.base ?? 0 }) };
  if (item.kind === "random") return { term: chance(), descending: false, nulls: null };
  const { path, descending } = item;
  const { scalar, family, type, nullable } = path.column;
  const operand: Operand = { family, type, convert: scalar.convert, scalar };
  return { term: { kind: "column", path, operand, nullable }, descending, nulls: null };
}

function chance(): Term {
  const operand = callOperand(functionNamed("random") as never, [], {});
  return { kind: "call", name: "random", args: [], options: {}, operand, nullable: false };
}
