import { callTerm, columnTerm, deeper, operatorTerm, type Term, type Where } from "./term.js";
import { termOf } from "./terms.js";
import { decimals, rescaled } from "./values.js";

type Kinds = readonly ((where: Where) => Term | null)[];

const WHOLE = { family: "whole" } as const;
const some = (where: Where): Term => termOf(deeper(where), "whole");

function operator(name: string, work: (a: number, b: number) => number | null) {
  return (where: Where): Term => operatorTerm(name, [some(where), some(where)], WHOLE, work);
}

/** Whole numbers, made of others and of texts and dates. */
export const wholeKinds: Kinds = [
  operator("add", (a, b) => a + b),
  operator("sub", (a, b) => a - b),
  operator("mul", (a, b) => a * b),
  operator("mod", (a, b) => (b === 0 ? null : a % b)),
  operator("bitAnd", (a, b) => Number(BigInt.asIntN(64, BigInt(a) & BigInt(b)))),
  operator("bitOr", (a, b) => Number(BigInt.asIntN(64, BigInt(a) | BigInt(b)))),
  operator("bitXor", (a, b) => Number(BigInt.asIntN(64, BigInt(a) ^ BigInt(b)))),
  (where) => operatorTerm("neg", [some(where)], WHOLE, (a: number) => -a),
  (where) => callTerm("Abs", [some(where)], WHOLE, Math.abs),
  (where) => callTerm("Sign", [some(where)], WHOLE, Math.sign),
  (where) => callTerm("Length", [termOf(deeper(where), "text")], WHOLE, (text: string) => [...text].length),
  (where) => callTerm("Ord", [termOf(deeper(where), "text")], WHOLE, (text: string) => text.codePointAt(0) ?? null),
  (where) =>
    callTerm(
      "StrIndex",
      [termOf(deeper(where), "text"), termOf(deeper(where), "text")],
      WHOLE,
      (text: string, part: string) => {
        const at = text.indexOf(part);
        return at < 0 ? 0 : [...text.slice(0, at)].length + 1;
      },
    ),
];

const price = (where: Where): Term => termOf(deeper(where), "price");
const priceOf = (...terms: readonly Term[]) => ({
  family: "price" as const,
  scale: Math.max(...terms.map(({ scale }) => scale)),
});

/** Decimals, which are exact. */
export const priceKinds: Kinds = [
  ...(["add", "sub", "mod"] as const).map((name) => (where: Where): Term => {
    const [left, right] = [price(where), where.draw.rarely(3) ? some(where) : price(where)];
    return operatorTerm(name, [left, right], priceOf(left, right), decimals[name]);
  }),
  (where) => {
    const [left, right] = [price(where), where.draw.rarely(2) ? some(where) : price(where)];
    return operatorTerm("mul", [left, right], { family: "price", scale: left.scale + right.scale }, decimals.mul);
  },
  (where) => {
    const [left, right] = [price(where), where.draw.rarely(2) ? some(where) : price(where)];
    const shape = { family: "price" as const, scale: Math.max(left.scale, right.scale) + 6 };
    return operatorTerm("div", [left, right], shape, (a: string, b: string) => decimals.div(a, b, shape.scale));
  },
  (where) => {
    const term = price(where);
    return operatorTerm("neg", [term], priceOf(term), decimals.negated);
  },
  (where) => {
    const term = price(where);
    return callTerm("Abs", [term], priceOf(term), (value: string) => value.replace("-", ""));
  },
  (where) => {
    const digits = where.draw.upTo(2);
    const shape = { family: "price" as const, scale: digits };
    return callTerm("Round", [price(where)], shape, (value: string) => rescaled(value, digits), [digits]);
  },
  (where) => callTerm("Floor", [price(where)], { family: "price", scale: 0 }, decimals.floor),
  (where) =>
    callTerm("Ceil", [price(where)], { family: "price", scale: 0 }, (value: string) =>
      decimals.negated(decimals.floor(decimals.negated(value))),
    ),
];

const float = (where: Where): Term => termOf(deeper(where), "float");
const FLOAT = { family: "float" } as const;

/** Floats: of columns whose fractions are exact, and quotients, which engines round alike. */
export const floatKinds: Kinds = [
  (where) => operatorTerm("add", [float(where), some(where)], FLOAT, (a: number, b: number) => a + b),
  (where) => operatorTerm("sub", [float(where), float(where)], FLOAT, (a: number, b: number) => a - b),
  (where) => operatorTerm("mul", [float(where), some(where)], FLOAT, (a: number, b: number) => a * b),
  (where) => operatorTerm("neg", [float(where)], FLOAT, (a: number) => -a),
  (where) => operatorTerm("div", [some(where), some(where)], FLOAT, (a: number, b: number) => (b === 0 ? null : a / b)),
  (where) => callTerm("Abs", [float(where)], FLOAT, Math.abs),
  (where) => callTerm("Sqrt", [some(where)], FLOAT, (a: number) => (a < 0 ? null : Math.sqrt(a))),
  (where) => callTerm("Floor", [float(where)], FLOAT, Math.floor),
];

/** Big whole numbers: only of columns, so that nothing leaves 64 bits. */
export const bigKinds: Kinds = [
  (where) => {
    const left = columnTerm(where, "big");
    return left && operatorTerm("add", [left, some(where)], { family: "big" }, (a: bigint, b: number) => a + BigInt(b));
  },
  (where) => {
    const left = columnTerm(where, "big");
    return left && operatorTerm("neg", [left], { family: "big" }, (a: bigint) => -a);
  },
];
