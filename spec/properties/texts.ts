import { callTerm, deeper, made, type Term, valueTerm, type Where } from "./term.js";
import { make } from "./dunder.js";
import { termOf } from "./terms.js";

type Kinds = readonly ((where: Where) => Term | null)[];

const TEXT = { family: "text" } as const;
const text = (where: Where): Term => termOf(deeper(where), "text");
const small = (where: Where, least: number): Term => valueTerm("whole", least + where.draw.upTo(3));
const letters = (value: string): string[] => [...value];

function pad(value: string, length: number, fill: string): [string[], string[]] {
  const own = letters(value).slice(0, Math.max(length, 0));
  const filler = letters(fill);
  const missing = filler.length === 0 ? 0 : Math.max(length - own.length, 0);
  return [own, Array.from({ length: missing }, (_, index) => filler[index % filler.length] as string)];
}

function concat(args: readonly Term[]): Term {
  return made(args, TEXT, {
    code: `Concat(${args.map((arg) => arg.code).join(", ")})`,
    build: () => make["Concat"]!(...args.map((arg) => arg.build())),
    work: (values) => (values as readonly (string | null)[]).map((value) => value ?? "").join(""),
  });
}

/** A text without a letter whose other case is several letters, or depends on what stands around it: engines differ. */
function without(term: Term, letter: string): Term {
  const args = [term, valueTerm("text", letter), valueTerm("text", "s")];
  return callTerm("Replace", args, TEXT, (value: string) => value.replaceAll(letter, "s"));
}

/** Texts. */
export const textKinds: Kinds = [
  (where) => callTerm("Lower", [without(text(where), "Σ")], TEXT, (value: string) => value.toLowerCase()),
  (where) => callTerm("Upper", [without(text(where), "ß")], TEXT, (value: string) => value.toUpperCase()),
  (where) => concat([text(where), text(where)]),
  (where) => callTerm("Trim", [text(where)], TEXT, (value: string) => value.replace(/^ +| +$/g, "")),
  (where) => callTerm("LTrim", [text(where)], TEXT, (value: string) => value.replace(/^ +/, "")),
  (where) => callTerm("RTrim", [text(where)], TEXT, (value: string) => value.replace(/ +$/, "")),
  (where) => callTerm("Reverse", [text(where)], TEXT, (value: string) => letters(value).reverse().join("")),
  (where) =>
    callTerm("Left", [text(where), small(where, 0)], TEXT, (value: string, length: number) =>
      letters(value).slice(0, length).join(""),
    ),
  (where) =>
    callTerm("Right", [text(where), small(where, 0)], TEXT, (value: string, length: number) =>
      length === 0 ? "" : letters(value).slice(-length).join(""),
    ),
  (where) =>
    callTerm(
      "Substr",
      [text(where), small(where, 1), small(where, 0)],
      TEXT,
      (value: string, from: number, length: number) =>
        letters(value)
          .slice(from - 1, from - 1 + length)
          .join(""),
    ),
  (where) =>
    callTerm("Repeat", [text(where), small(where, 0)], TEXT, (value: string, times: number) => value.repeat(times)),
  (where) =>
    callTerm("Replace", [text(where), text(where), text(where)], TEXT, (value: string, part: string, by: string) =>
      part === "" ? value : value.replaceAll(part, () => by),
    ),
  (where) =>
    callTerm(
      "LPad",
      [text(where), small(where, 0), text(where)],
      TEXT,
      (value: string, length: number, fill: string) => {
        const [own, missing] = pad(value, length, fill);
        return [...missing, ...own].join("");
      },
    ),
  (where) =>
    callTerm(
      "RPad",
      [text(where), small(where, 0), text(where)],
      TEXT,
      (value: string, length: number, fill: string) => {
        const [own, missing] = pad(value, length, fill);
        return [...own, ...missing].join("");
      },
    ),
  (where) => callTerm("Cast", [termOf(deeper(where), "whole")], TEXT, String, ["text"]),
  (where) => callTerm("Cast", [termOf(deeper(where), "price")], TEXT, String, ["text"]),
  (where) => callTerm("Cast", [termOf(deeper(where), "boolean")], TEXT, String, ["text"]),
  (where) => callTerm("Cast", [termOf(deeper(where), "day")], TEXT, String, ["text"]),
];
