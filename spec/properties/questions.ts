import type fc from "fast-check";
import { type Aggregate, aggregateOf, placesOver, relatedTerm } from "./aggregates.js";
import { type Condition, conditionOf, filtered, namedLookup, not } from "./conditions.js";
import { type Draw, drawn, there } from "./draw.js";
import type { Library, TableName } from "./library.js";
import { Place, placesOf } from "./place.js";
import { type AnySet, SETS } from "./querysets.js";
import { type Hop, TABLES } from "./relations.js";
import { MODELS } from "./subqueries.js";
import { columnTerm, type Named, namedTerm, type Term, type Where } from "./term.js";
import { FAMILIES, termOf } from "./terms.js";
import { compared, plain } from "./values.js";

/** What is asked of the library: as code to read, as a queryset to run, and what plain JavaScript answers. */
export interface Question {
  readonly code: string;
  ask(): Promise<unknown>;
  answer(library: Library): unknown;
}

const DEPTH = 2;

export function whereOf(draw: Draw, table: TableName, named: readonly Named[] = []): Where {
  return { draw, base: [], table, root: table, many: true, far: true, named, depth: DEPTH };
}

/** One call on a queryset. */
interface Step {
  readonly code: string;
  on(set: AnySet): AnySet;
}

interface Filtering extends Step {
  readonly condition: Condition;
}

function filterStep(draw: Draw, condition: Condition): Filtering {
  if (draw.rarely(3)) {
    return {
      condition: not(condition),
      code: `.exclude(${condition.code})`,
      on: (set) => set.exclude(condition.build() as object),
    };
  }
  return {
    condition,
    code: `.filter(${condition.code})`,
    on: (set) => set.filter(condition.build() as object),
  };
}

/** The rows that filters let through: by joins, or each row once where rows are annotated with aggregates. */
function through(library: Library, table: TableName, filters: readonly Condition[], once: boolean): Place[] {
  return filters.reduce(
    (places, condition) =>
      places.flatMap((place) => {
        const found = filtered(place.alone(), condition);
        if (once && condition.looked.length > 0) return found.length > 0 ? [place] : [];
        return found.map((each) => place.merged(each));
      }),
    placesOf(library, table),
  );
}

/** A relation to many rows, by way of one to one row at times. */
function manyFrom(draw: Draw, table: TableName): readonly [hops: readonly Hop[], table: TableName] {
  const paths = TABLES[table].hops.flatMap((hop): (readonly [readonly Hop[], TableName])[] => {
    if (hop.many) return [[[hop], hop.to]];
    return TABLES[hop.to].hops.filter(({ many }) => many).map((next) => [[hop, next], next.to]);
  });
  return draw.pick(paths);
}

interface Annotating extends Step {
  readonly named: Named;
  readonly given: boolean;
  readonly counted: boolean;
  readonly loose: boolean;
}

function annotation(draw: Draw, table: TableName, name: string, so: So): Annotating {
  const where = { ...whereOf(draw, table, so.named), many: false };
  const isOfMany = draw.rarely(2);
  const aggregate = isOfMany ? overRelated(where) : null;
  const term =
    aggregate === null
      ? termOf(where, draw.pick(FAMILIES))
      : relatedTerm(
          aggregate,
          so.filters.map((item) => item.condition),
        );
  const given = !draw.rarely(4);
  return {
    named: { name, term },
    given,
    counted: isOfMany,
    loose: aggregate?.loose ?? false,
    code: `.${given ? "annotate" : "alias"}({ ${name}: ${term.code} })`,
    on: (set) => set[given ? "annotate" : "alias"]({ [name]: term.build() }),
  };
}

function overRelated(where: Where, ofParts = false): Aggregate {
  const [base, table] = manyFrom(where.draw, where.table);
  return aggregateOf({ ...where, base, table, named: [], depth: DEPTH - 1 }, ofParts);
}

/** A queryset so far. */
interface So {
  readonly steps: Step[];
  readonly filters: Filtering[];
  readonly annotations: Annotating[];
  readonly named: Named[];
  counted: boolean;
}

/** Filters and annotations in turn. */
function begun(draw: Draw, table: TableName, most: number): So {
  const so: So = { steps: [], filters: [], annotations: [], named: [], counted: false };
  for (let left = draw.upTo(most); left > 0; left -= 1) {
    if (draw.rarely(3)) {
      const item = annotation(draw, table, `n${so.annotations.length + 1}`, so);
      so.annotations.push(item);
      if (!item.loose) so.named.push(item.named);
      so.counted ||= item.counted;
      so.steps.push(item);
    } else {
      const item = filterStep(draw, conditionOf(whereOf(draw, table, so.named)));
      so.filters.push(item);
      so.steps.push(item);
    }
  }
  return so;
}

function places(library: Library, table: TableName, { filters, counted }: So): Place[] {
  return through(
    library,
    table,
    filters.map(({ condition }) => condition),
    counted,
  );
}

/** A value of a row, and the name it has there. */
interface Picked {
  readonly name: string;
  readonly term: Term;
  /** A path or an annotation, which is said by its name. */
  readonly isNamed: boolean;
}

function pick(where: Where, index: number, isColumn = false): Picked {
  const { draw, named } = where;
  if (named.length > 0 && draw.rarely(2)) {
    const found = draw.pick(named);
    return { name: found.name, term: namedTerm(found), isNamed: true };
  }
  if (!isColumn && draw.rarely(3)) {
    return { name: `x${index}`, term: termOf({ ...where, many: false }, draw.pick(FAMILIES)), isNamed: false };
  }
  const term = columnTerm(where, draw.pick(FAMILIES)) ?? there(columnTerm(where, "whole"));
  return { name: term.code.slice(3, -2), term, isNamed: true };
}

function picks(where: Where): Picked[] {
  const found = where.draw.list(0, 2, (index) => pick(where, index + 1));
  // MariaDB forgets the OFFSET of SELECT DISTINCT where all that is selected is constant.
  found.push(pick({ ...where, named: [] }, 0, true));
  return [...new Map(found.map((item) => [item.name, item])).values()];
}

function valuesStep(picked: readonly Picked[]): Step {
  const text = picked.map(({ name, term, isNamed }) => (isNamed ? `"${name}"` : `{ ${name}: ${term.code} }`));
  return {
    code: `.values(${text.join(", ")})`,
    on: (set) => set.values(...picked.map(({ name, term, isNamed }) => (isNamed ? name : { [name]: term.build() }))),
  };
}

interface Order {
  readonly code: string;
  build(): unknown;
  of(row: Row): unknown;
  compare(left: unknown, right: unknown): number;
}

/** A row of an answer: where it stands, and what it gives. */
interface Row {
  readonly given: Readonly<Record<string, unknown>>;
  readonly place: Place | null;
}

function orderBy(draw: Draw, term: Term, of: (row: Row) => unknown): Order {
  const descending = draw.rarely(2);
  const nulls = draw.rarely(2) ? "last" : "first";
  const way = descending ? "desc" : "asc";
  return {
    code: `${term.code}.${way}({ nulls: "${nulls}" })`,
    build: () => term.build()[way]!({ nulls }),
    of,
    compare: (left, right) => {
      if (left === null || right === null) {
        if (left === right) return 0;
        return (left === null) === (nulls === "first") ? -1 : 1;
      }
      return (descending ? -1 : 1) * compared(term.family, left, right);
    },
  };
}

/** The end of a queryset: distinct, an order that leaves nothing to chance, a slice. */
function ended(
  draw: Draw,
  orders: readonly Order[],
  mayBeDistinct: boolean,
): { steps: Step[]; on(rows: readonly Row[]): readonly Row[]; reads(found: readonly unknown[]): unknown } {
  const steps: Step[] = [];
  const distinct = mayBeDistinct && draw.rarely(4);
  if (distinct) steps.push({ code: ".distinct()", on: (set) => set.distinct() });
  const isOrdered = draw.rarely(2);
  if (isOrdered) {
    const text = orders.map((order) => order.code).join(", ");
    steps.push({ code: `.orderBy(${text})`, on: (set) => set.orderBy(...orders.map((order) => order.build())) });
  } else steps.push({ code: ".orderBy()", on: (set) => set.orderBy() });
  const isReversed = isOrdered && draw.rarely(6);
  if (isReversed) steps.push({ code: ".reverse()", on: (set) => set.reverse() });
  const slice = isOrdered && draw.rarely(3) ? ([draw.upTo(3), draw.upTo(8)] as const) : null;
  if (slice !== null) {
    const [from, length] = slice;
    steps.push({ code: `.slice(${from}, ${from + length})`, on: (set) => set.slice(from, from + length) });
  }
  return {
    steps,
    on: (rows) => {
      let result = distinct ? [...new Map(rows.map((row) => [keyOf(row), row])).values()] : [...rows];
      if (isOrdered) result.sort((a, b) => inOrder(orders, a, b) * (isReversed ? -1 : 1));
      if (slice !== null) result = result.slice(slice[0], slice[0] + slice[1]);
      return result;
    },
    reads: (found) => (isOrdered ? found : found.map((row) => JSON.stringify(row)).sort()),
  };
}

function keyOf({ given }: Row): string {
  return JSON.stringify(plain(given));
}

function inOrder(orders: readonly Order[], left: Row, right: Row): number {
  for (const order of orders) {
    const sign = order.compare(order.of(left), order.of(right));
    if (sign !== 0) return sign;
  }
  return 0;
}

export const TABLE_NAMES = ["author", "book", "profile"] as const;

function codeOf(table: TableName, steps: readonly Step[]): string {
  return `${MODELS[table]}.objects${steps.map((step) => `\n  ${step.code}`).join("")}`;
}

function build(table: TableName, steps: readonly Step[]): AnySet {
  return steps.reduce((set, step) => step.on(set), SETS[table]);
}

/** Rows, their number, and whether there are any: all from one queryset. */
function rowsAsked(
  table: TableName,
  steps: readonly Step[],
  end: Pick<ReturnType<typeof ended>, "reads">,
  read: (row: object) => object,
): Question["ask"] {
  return async () => {
    const set = build(table, steps);
    const rows = (await set.all()).map((row) => plain(read(row)));
    return { rows: end.reads(rows), count: await set.count(), exists: await set.exists() };
  };
}

function rowsAnswered(rows: readonly Row[], end: Pick<ReturnType<typeof ended>, "reads">): object {
  return {
    rows: end.reads(rows.map(({ given }) => plain(given))),
    count: rows.length,
    exists: rows.length > 0,
  };
}

/** Instances, with what they were annotated with. */
function instances(draw: Draw): Question {
  const table = draw.pick(TABLE_NAMES);
  const so = begun(draw, table, 4);
  const where = { ...whereOf(draw, table, so.named), many: false, depth: 1 };
  const orders = [
    ...draw.list(0, 2, () => {
      const term = termOf(where, draw.pick(FAMILIES));
      return orderBy(draw, term, ({ place }) => term.of(place as Place));
    }),
    orderBy(draw, columnTerm({ ...where, far: false }, "whole") as Term, () => 0),
  ];
  const id = byKey(draw);
  const given = so.annotations.filter((item) => item.given).map(({ named }) => named);
  const end = ended(draw, [...orders.slice(0, -1), id], true);
  const steps = [...so.steps, ...end.steps];
  return {
    code: codeOf(table, steps),
    ask: rowsAsked(table, steps, end, (row) =>
      Object.fromEntries(["id", ...given.map(({ name }) => name)].map((name) => [name, row[name as never]])),
    ),
    answer: (library) => {
      const rows = places(library, table, so).map((place) => ({
        place,
        given: {
          id: place.root.id,
          ...Object.fromEntries(given.map(({ name, term }) => [name, term.of(place)])),
        },
      }));
      return rowsAnswered(end.on(rows), end);
    },
  };
}

function byKey(draw: Draw): Order {
  const descending = draw.rarely(2);
  return {
    code: descending ? '"-id"' : '"id"',
    build: () => (descending ? "-id" : "id"),
    of: ({ place }) => (place as Place).root.id,
    compare: (left, right) => (descending ? -1 : 1) * ((left as number) - (right as number)),
  };
}

/** Plain objects of values. */
function valueRows(draw: Draw): Question {
  const table = draw.pick(TABLE_NAMES);
  const so = begun(draw, table, 3);
  const picked = picks(whereOf(draw, table, so.named));
  const orders = picked.map(({ name, term }) => orderBy(draw, byName(name, term, picked), ({ given }) => given[name]));
  const end = ended(draw, orders, true);
  const steps = [...so.steps, valuesStep(picked), ...end.steps];
  return {
    code: codeOf(table, steps),
    ask: rowsAsked(table, steps, end, (row) => row),
    answer: (library) => {
      const rows = places(library, table, so)
        .flatMap((place) => place.join(picked.flatMap(({ term }) => term.paths)))
        .map((place) => ({
          place,
          given: Object.fromEntries(picked.map(({ name, term }) => [name, term.of(place)])),
        }));
      return rowsAnswered(end.on(rows), end);
    },
  };
}

/** A value of a row by its name there: what is worked out twice need not be the same to every engine. */
function byName(name: string, term: Term, picked: readonly Picked[]): Term {
  return picked.some((item) => item.name === name && item.isNamed) ? term : namedTerm({ name, term });
}

/** Conditions on what groups were annotated with. */
function having(draw: Draw, table: TableName, named: readonly Named[]): Filtering[] {
  if (named.length === 0 || !draw.rarely(2)) return [];
  const where = whereOf(draw, table, named);
  return [filterStep(draw, namedLookup(where) as Condition)];
}

/** Groups of rows that have values alike, and aggregates over each. */
function groups(draw: Draw): Question {
  const table = draw.pick(TABLE_NAMES);
  const where = { ...whereOf(draw, table), many: false };
  const filters = draw.list(0, 2, () => filterStep(draw, conditionOf(where)));
  const picked = picks(where);
  const number = 1 + draw.upTo(1);
  const aggregates = Array.from({ length: number }, (_, index) => {
    const isOfMany = draw.rarely(2);
    return [`n${index + 1}`, isOfMany ? overRelated(where, number > 1) : aggregateOf({ ...where, depth: 1 })] as const;
  });
  const named = aggregates.map(([name, aggregate]) => {
    return {
      name,
      term: { ...aggregate.term, of: (place: Place) => (place as GroupPlace).given[name] },
      loose: aggregate.loose,
    };
  });
  const after = having(
    draw,
    table,
    named.filter(({ loose }) => !loose),
  );
  const outputs = [...picked, ...named.filter(({ loose }) => !loose)];
  const orders = outputs.map(({ name, term }) => orderBy(draw, byName(name, term, picked), ({ given }) => given[name]));
  const end = ended(draw, orders, false);
  const annotate = aggregates.map(([name, { term }]): Step => ({
    code: `.annotate({ ${name}: ${term.code} })`,
    on: (set) => set.annotate({ [name]: term.build() }),
  }));
  const steps = [...filters, valuesStep(picked), ...annotate, ...after, ...end.steps];
  return {
    code: codeOf(table, steps),
    ask: rowsAsked(table, steps, end, (row) => row),
    answer: (library) => {
      const rows = through(
        library,
        table,
        filters.map(({ condition }) => condition),
        false,
      );
      const byKey = new Map<string, { given: Record<string, unknown>; places: Place[] }>();
      for (const place of rows) {
        const given = Object.fromEntries(picked.map(({ name, term }) => [name, term.of(place)]));
        const key = JSON.stringify(plain(given));
        const group = byKey.get(key) ?? { given, places: [] };
        group.places.push(place);
        byKey.set(key, group);
      }
      const made = [...byKey.values()].map(({ given, places: own }) => ({
        place: null,
        given: {
          ...given,
          ...Object.fromEntries(aggregates.map(([name, item]) => [name, item.of(placesOver(own, item))])),
        },
      }));
      const kept = made.filter(({ given }) =>
        after.every(({ condition }) => condition.holds({ given } as unknown as Place, "row")),
      );
      return rowsAnswered(end.on(kept), end);
    },
  };
}

interface GroupPlace extends Place {
  readonly given: Readonly<Record<string, unknown>>;
}

/** Values over all rows together, or over those that DISTINCT or a slice leaves. */
function totals(draw: Draw): Question {
  const table = draw.pick(TABLE_NAMES);
  const so = begun(draw, table, 2);
  const where = { ...whereOf(draw, table, so.named), many: false };
  const one = (): Total => totalOf(draw.rarely(2) ? overRelated(where) : aggregateOf({ ...where, depth: 1 }));
  const aggregates = draw.list(1, 3, (index) => {
    const first = one();
    return [`a${index + 1}`, draw.rarely(3) ? added(first, one()) : first] as const;
  });
  const end = ended(draw, [byKey(draw)], true);
  // A row that comes twice would be one of the rows of a slice, and so come once.
  const isPlain = end.steps.length === 1 || so.filters.some(({ condition }) => condition.looked.length > 0);
  const steps = isPlain ? so.steps : [...so.steps, ...end.steps];
  const shown = aggregates.map(([name, total]) => `${name}: ${total.code}`).join(", ");
  return {
    code: `${codeOf(table, steps)}\n  .aggregate({ ${shown} })`,
    ask: async () => {
      const values = Object.fromEntries(aggregates.map(([name, total]) => [name, total.build()]));
      return plain(await build(table, steps).aggregate(values));
    },
    answer: (library) => {
      const all = places(library, table, so);
      const rows = isPlain ? all : end.on(all.map((place) => ({ place, given: { id: place.root.id } })));
      const over = rows.map((row) => (row instanceof Place ? row : (row.place as Place)));
      return plain(Object.fromEntries(aggregates.map(([name, total]) => [name, total.of(over)])));
    },
  };
}

/** A value of all rows together. */
interface Total extends Pick<Term, "family" | "code" | "build"> {
  of(over: readonly Place[]): unknown;
}

function totalOf(item: Aggregate): Total {
  const { family, code: shown, build: made } = item.term;
  return { family, code: shown, build: made, of: (over) => item.of(placesOver(over, item)) };
}

/** The sum of two totals, each of which may be over other rows; the first alone where they are no whole numbers. */
function added(first: Total, second: Total): Total {
  if (first.family !== "whole" || second.family !== "whole") return first;
  return {
    family: "whole",
    code: `${first.code}.add(${second.code})`,
    build: () => first.build().add(second.build()),
    of: (over) => {
      const [a, b] = [first.of(over), second.of(over)];
      return a === null || b === null ? null : Number(a) + Number(b);
    },
  };
}

/** What can be asked: a new kind of question is one more entry, as often as it is to come. */
const KINDS = [instances, instances, valueRows, groups, totals] as const;

export const questions: fc.Arbitrary<Question> = drawn((draw) => draw.pick(KINDS)(draw));
