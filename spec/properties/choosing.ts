import { conditionOf } from "./conditions.js";
import { make } from "./dunder.js";
import type { Family } from "./relations.js";
import { deeper, made, type Term, type Where } from "./term.js";
import { termOf } from "./terms.js";
import { compared } from "./values.js";

type Kind = (where: Where, family: Family) => Term | null;

function common(terms: readonly Term[]): { readonly family: Family; readonly scale: number } {
  return { family: (terms[0] as Term).family, scale: Math.max(...terms.map(({ scale }) => scale)) };
}

function call(name: string, args: readonly Term[], work: (values: readonly unknown[]) => unknown): Term {
  return made(args, common(args), {
    code: `${name}(${args.map((arg) => arg.code).join(", ")})`,
    build: () => make[name]!(...args.map((arg) => arg.build())),
    work,
  });
}

function some(where: Where, family: Family): Term[] {
  return where.draw.list(2, 3, () => termOf(deeper(where), family));
}

function outermost(name: string, sign: number): Kind {
  return (where, family) => {
    if (family === "boolean") return null;
    return call(name, some(where, family), (values) => {
      if (values.includes(null)) return null;
      return values.reduce((best, value) => (sign * compared(family, value, best) > 0 ? value : best));
    });
  };
}

const caseOf: Kind = (where, family) => {
  const inner = deeper(where);
  const whens = where.draw.list(1, 2, () => [conditionOf(inner), termOf(inner, family)] as const);
  const otherwise = where.draw.rarely(3) ? null : termOf(inner, family);
  const terms = [...whens.map(([, term]) => term), ...(otherwise === null ? [] : [otherwise])];
  const rest = otherwise === null ? "" : `, { default: ${otherwise.code} }`;
  return {
    ...made([...terms, ...whens.map(([when]) => ({ ...when, of: () => null }))], common(terms), {
      code: `Case(${whens.map(([when, term]) => `When(${when.code}, ${term.code})`).join(", ")}${rest})`,
      build: () =>
        make["Case"]!(
          ...whens.map(([when, term]) => make["When"]!(when.build(), term.build())),
          ...(otherwise === null ? [] : [{ default: otherwise.build() }]),
        ),
      work: () => null,
    }),
    of: (place) => {
      const [, term] = whens.find(([when]) => when.holds(place, "row")) ?? [null, otherwise];
      const shape = common(terms);
      return term === null ? null : made([term], shape, { code: "", build: term.build, work: ([v]) => v }).of(place);
    },
  };
};

/** What any kind of value can be chosen from. */
export const choosingKinds: readonly Kind[] = [
  (where, family) => call("Coalesce", some(where, family), (values) => values.find((value) => value !== null) ?? null),
  (where, family) => {
    const args = [termOf(deeper(where), family), termOf(deeper(where), family)];
    const term = call("NullIf", args, ([first, second]) =>
      first !== null && second !== null && compared(family, first, second) === 0 ? null : first,
    );
    const scale = (args[0] as Term).scale;
    return scale === term.scale ? term : null;
  },
  outermost("Greatest", 1),
  outermost("Least", -1),
  caseOf,
];
