import { conditionOf } from "./conditions.js";
import { choosingKinds } from "./choosing.js";
import { days, instants, prices, scores, texts, visits, wholes } from "./library.js";
import { dayKinds, instantKinds, partKinds } from "./moments.js";
import { bigKinds, floatKinds, priceKinds, wholeKinds } from "./numbers.js";
import type { Family } from "./relations.js";
import { scalarSubquery } from "./subqueries.js";
import { columnTerm, deeper, made, namedTerm, type Term, valueTerm, type Where } from "./term.js";
import { textKinds } from "./texts.js";
import fc from "fast-check";

type Kind = (where: Where, family: Family) => Term | null;

/** Values that stand as they are. */
export const LITERALS: Readonly<Record<Family, fc.Arbitrary<unknown>>> = {
  text: texts,
  whole: wholes,
  big: visits,
  price: prices,
  float: scores,
  day: days,
  instant: instants,
  boolean: fc.boolean(),
};

/** A condition as a value: one that is not known to hold does not hold. */
const truth: Kind = (where) => {
  const condition = conditionOf(deeper(where));
  return {
    ...made([], { family: "boolean" }, { code: condition.code, build: condition.expression, work: () => null }),
    paths: condition.paths,
    columns: condition.columns,
    of: (place) => condition.holds(place, "row"),
  };
};

/** How values of each family are made of others: a new function or operator is one more entry of its list. */
const KINDS = (): Readonly<Record<Family, readonly Kind[]>> => ({
  text: textKinds,
  whole: [...wholeKinds, ...partKinds],
  big: bigKinds,
  price: priceKinds,
  float: floatKinds,
  day: dayKinds,
  instant: instantKinds,
  boolean: [truth],
});

export const FAMILIES = Object.keys(LITERALS) as Family[];

const column: Kind = (where, family) => {
  const found = where.named.filter(({ term }) => term.family === family);
  if (found.length > 0 && where.base.length === 0 && where.draw.rarely(3)) return namedTerm(where.draw.pick(found));
  return columnTerm(where, family);
};

/** A value of a family, made up: a column, what something makes of others, or a literal. */
export function termOf(where: Where, family: Family): Term {
  const { draw, depth } = where;
  const made = depth > 0 ? madeTerm(where, family) : draw.rarely(4) ? null : column(where, family);
  return made ?? valueTerm(family, draw.of(LITERALS[family]));
}

function madeTerm(where: Where, family: Family): Term | null {
  const { draw } = where;
  switch (draw.upTo(8)) {
    case 0:
    case 1:
    case 2:
      return column(where, family);
    case 3:
      return null;
    case 4:
      return draw.pick(choosingKinds)(where, family);
    case 5:
      return (where.far && draw.rarely(2) ? scalarSubquery(where, family) : null) ?? column(where, family);
    default:
      return draw.pick(KINDS()[family])(where, family);
  }
}
