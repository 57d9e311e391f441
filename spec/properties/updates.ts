import type fc from "fast-check";
import { conditionOf, filtered } from "./conditions.js";
import { type Draw, drawn } from "./draw.js";
import type { Library, Row } from "./library.js";
import { placesOf } from "./place.js";
import { type Question, TABLE_NAMES, whereOf } from "./questions.js";
import { SETS } from "./querysets.js";
import { type Family, TABLES } from "./relations.js";
import { MODELS } from "./subqueries.js";
import { callTerm, made, operatorTerm, type Term, valueTerm } from "./term.js";
import { LITERALS, termOf } from "./terms.js";
import { make } from "./dunder.js";
import { decimals, plain, rescaled } from "./values.js";

interface Assignment {
  readonly column: string;
  readonly term: Term;
}

/** A value that fits a column of its family: no longer and no larger than that, and not NULL. */
function fitting(draw: Draw, term: Term): Term {
  const { family } = term;
  const there = (of: Term): Term => {
    const otherwise = valueTerm(family, draw.of(LITERALS[family]));
    const scale = Math.max(of.scale, otherwise.scale);
    return made(
      [of, otherwise],
      { family, scale },
      {
        code: `Coalesce(${of.code}, ${otherwise.code})`,
        build: () => make["Coalesce"]!(of.build(), otherwise.build()),
        work: ([value, other]) => value ?? other,
      },
    );
  };
  switch (family) {
    case "text": {
      const short = (text: string): string => [...text].slice(0, 40).join("");
      return callTerm("Left", [there(term), valueTerm("whole", 40)], { family }, short);
    }
    case "whole":
      return operatorTerm("mod", [there(term), valueTerm("whole", 1000)], { family }, (a: number, b: number) => a % b);
    case "price": {
      const shape = { family, scale: Math.max(term.scale, 2) };
      return operatorTerm("mod", [there(term), valueTerm("price", "100")], shape, decimals.mod);
    }
    default:
      return there(term);
  }
}

function assignment(
  draw: Draw,
  columns: readonly (readonly [string, Family])[],
  table: Parameters<typeof whereOf>[1],
): Assignment {
  const [column, family] = draw.pick(columns);
  return { column, term: fitting(draw, termOf({ ...whereOf(draw, table), many: false, far: false }, family)) };
}

/** Columns of some rows set to what is worked out from what they held; read back, in a transaction to be undone. */
function update(draw: Draw): Question {
  const table = draw.pick(TABLE_NAMES);
  const columns = Object.entries(TABLES[table].columns).filter(([name]) => name !== "id");
  const condition = conditionOf(whereOf(draw, table));
  const first = assignment(draw, columns, table);
  // One after another is how MySQL sets columns, so that none may be worked out from another.
  const rest = columns.filter(([name]) => name !== first.column && !first.term.columns.includes(name));
  const others = rest.length > 0 && draw.rarely(2) ? [assignment(draw, rest, table)] : [];
  const all = [first, ...others.filter(({ term }) => !term.columns.includes(first.column))];
  const names = ["id", ...columns.map(([name]) => name)];
  return {
    code: `${MODELS[table]}.objects.filter(${condition.code})\n  .update({ ${all.map(({ column, term }) => `${column}: ${term.code}`).join(", ")} })`,
    ask: async () => {
      const values = Object.fromEntries(all.map(({ column, term }) => [column, term.build()]));
      const changed = await SETS[table].filter(condition.build() as object).update(values);
      const rows = await SETS[table]
        .orderBy("id")
        .values(...names)
        .all();
      return { changed, rows: rows.map(plain) };
    },
    answer: (library: Library) => {
      const places = placesOf(library, table);
      const found = new Set(places.filter((place) => filtered(place, condition).length > 0));
      const rows = places.map((place) => {
        const set = found.has(place) ? all.map(({ column, term }) => [column, held(term, term.of(place))]) : [];
        const row: Row = { ...place.root, ...(Object.fromEntries(set) as object) };
        return plain(Object.fromEntries(names.map((name) => [name, row[name]])));
      });
      return { changed: found.size, rows };
    },
  };
}

function held({ family }: Term, value: unknown): unknown {
  return family === "price" ? rescaled(value, 2) : value;
}

export const updates: fc.Arbitrary<Question> = drawn(update);
