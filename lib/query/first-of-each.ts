import { FieldError } from "../errors/index.js";
import { argument } from "../expressions/index.js";
import { type Lookup, lookupFor } from "../lookups/index.js";
import { orderOf } from "./order.js";
import { Reader } from "./parse-filter.js";
import { readTerms, toldAs } from "./read-term.js";
import { joined, refuseSliced } from "./refine.js";
import { termLookup } from "./resolve-path.js";
import { placed, rowNumber } from "./row-number.js";
import { refuseSet } from "./source.js";
import { asksWindow, isOfMany } from "./term.js";
import { changed } from "./query.js";
import type { Filter, Query } from "./tree.js";

/** The query with the first of all rows that have these values alike, in the query's order. */
export function withDistinctOn(query: Query, names: readonly unknown[]): Query {
  refuseSliced(query, "distinct");
  refuseSet(query, "distinct");
  const reader = new Reader(query, "distinct");
  const base = query.values.length;
  const read = names.flatMap((name) => readOn(reader, name));
  return changed(query, {
    key: `${query.key}on ${read.map(([, key]) => key).join("")};`,
    // The last is what a row's number is compared with.
    values: [...query.values, ...reader.slots, 1],
    needs: joined(query.needs, reader.needs),
    outer: joined(query.outer, reader.outer),
    distinct: false,
    distinctOn: { terms: read.map(([term]) => ({ term, base })), one: base + reader.slots.length, turned: false },
  });
}

function readOn(reader: Reader, name: unknown): ReturnType<typeof readTerms> {
  try {
    return readTerms(reader, argument(name, `${reader.model.name}: distinct(…)`));
  } catch (error) {
    throw toldAs(error, reader.model, "distinct(…)");
  }
}

/** The query the other way round: the same rows, of which the last is the first. */
export function withLastFirst(reversed: Query): Query {
  const { distinctOn } = reversed;
  if (distinctOn === null) return reversed;
  return changed(reversed, {
    key: `${reversed.key}turned;`,
    distinctOn: { ...distinctOn, turned: !distinctOn.turned },
  });
}

const exact = lookupFor("number", "exact") as Lookup;

/** The same query with the condition that tells the first rows: that of a row's number among those that are alike. */
export function firstOfEach(query: Query): Query {
  const { distinctOn } = query;
  if (distinctOn === null) return query;
  checkCombined(query);
  const order = orderOf(distinctOn.turned ? changed(query, { reversed: !query.reversed }) : query);
  const term = rowNumber(query, distinctOn.terms.map(placed), order);
  const isFirst: Filter = {
    predicate: {
      kind: "condition",
      lookup: termLookup("distinct", exact, term.operand),
      lhs: { term, base: null },
      rhs: null,
      form: "v",
      slot: 0,
      listLength: 0,
      query: null,
    },
    base: distinctOn.one,
  };
  return changed(query, { filters: [...query.filters, isFirst] });
}

function checkCombined({ model, groups, filters, picked, distinctOn }: Query): void {
  if (groups !== null) {
    throw new FieldError(`${model.name}: distinct(…) of names is about rows, and cannot follow what groups them.`);
  }
  if (filters.some(({ predicate }) => asksWindow(predicate))) {
    throw new FieldError(
      `${model.name}: distinct(…) of names cannot be joined with a filter on a window. ` +
        `Name the rows by key: objects.filter({ pk__in: filtered }).distinct(…).`,
    );
  }
  if (picked === null && (distinctOn?.terms ?? []).some(({ term }) => isOfMany(term))) {
    throw new FieldError(
      `${model.name}: distinct(…) names many related rows for each row. Pick them first: values(…).distinct(…).`,
    );
  }
}
