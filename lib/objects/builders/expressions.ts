import { FieldError } from "../../errors/index.js";
import { call, Expression, filteredRelation, QExpression, rawExpression, value } from "../../expressions/index.js";
import type { Expressions } from "../../types/index.js";
import { printable } from "../../util/printable.js";
import { aggregateOf, condition, type Options, SHARED } from "./aggregate-of.js";
import { argumentOf } from "./argument-of.js";
import { windows } from "./windows.js";

/** A function whose arguments are paths, expressions and numbers. */
function fn(name: string, label = name.charAt(0).toUpperCase() + name.slice(1)) {
  return (...args: unknown[]): Expression =>
    call(
      name,
      args.map((arg) => argumentOf(arg, label)),
    );
}

/** A function whose last argument says how, by a name. */
function named(name: string, option: string, label: string) {
  return (of: unknown, how: unknown): Expression => {
    if (typeof how !== "string")
      throw new FieldError(`${label}(…, ${option}): expected a name, got ${printable(how)}.`);
    return call(name, [argumentOf(of, label)], { [option]: how });
  };
}

function aggregate(name: string, label = name.charAt(0).toUpperCase() + name.slice(1)) {
  return (of: unknown = "*", options: unknown = {}): Expression => {
    if (options === null || typeof options !== "object") {
      throw new FieldError(`${label}(…, options): expected { ${SHARED.join(", ")} }, got ${printable(options)}.`);
    }
    return aggregateOf(name, label, of, options as Options);
  };
}

interface Branch {
  readonly when: QExpression;
  readonly then: Expression;
}

const branches = new WeakSet<object>();

function when(when: unknown, then: unknown): Branch {
  const branch = Object.freeze({ when: condition(when, "When"), then: argumentOf(then, "When") });
  branches.add(branch);
  return branch;
}

function caseOf(...given: unknown[]): Expression {
  const last = given.at(-1);
  const hasOptions = last !== null && typeof last === "object" && !branches.has(last) && "default" in last;
  const whens = (hasOptions ? given.slice(0, -1) : given).map((item) => {
    if (item !== null && typeof item === "object" && branches.has(item)) return item as Branch;
    throw new FieldError(`Case(…) takes When(…) and at last { default: … }, got ${printable(item)}.`);
  });
  if (whens.length === 0) throw new FieldError("Case(…) needs at least one When(…).");
  const otherwise = hasOptions ? argumentOf(last.default, "Case") : null;
  return new Expression({ kind: "case", whens, otherwise });
}

function outerRef(given: unknown): Expression {
  if (Expression.is(given) && given.said.kind === "outer") {
    return new Expression({ ...given.said, levels: given.said.levels + 1 });
  }
  if (typeof given === "string" && given !== "") return new Expression({ kind: "outer", path: given, levels: 1 });
  throw new FieldError(`OuterRef(…) takes the path of a field of the query around, got ${printable(given)}.`);
}

function pathOf(path: unknown): Expression {
  if (typeof path === "string" && path !== "") return new Expression({ kind: "path", path });
  throw new FieldError(`F(…) takes the path of a field, got ${printable(path)}.`);
}

function excluded(field: unknown): Expression {
  if (typeof field === "string" && field !== "") return new Expression({ kind: "incoming", path: field });
  throw new FieldError(`Excluded(…) takes the name of a field, got ${printable(field)}.`);
}

function jsonObject(members: unknown): Expression {
  if (members === null || typeof members !== "object" || Expression.is(members)) {
    throw new FieldError(`JsonObject(…) takes an object of paths and expressions, got ${printable(members)}.`);
  }
  const entries = Object.entries(members);
  const args = entries.map(([, member]) => argumentOf(member, "JsonObject"));
  return call("jsonObject", args, { keys: entries.map(([key]) => key) });
}

const constructors = {
  F: pathOf,
  Excluded: excluded,
  Value: (given: unknown, as: string | null = null) => value(given, as),
  raw: (given: unknown, kind?: unknown, options?: { readonly scale?: number }) => rawExpression(given, kind, options),
  Case: caseOf,
  When: when,
  Subquery: (queryset: unknown) => new Expression({ kind: "subquery", queryset }),
  FilteredRelation: (relation: unknown, where: unknown) =>
    filteredRelation(relation, condition(where, "FilteredRelation(relation, condition)")),
  Exists: (queryset: unknown) => new QExpression("exists", { subject: queryset }),
  OuterRef: outerRef,

  Count: aggregate("count"),
  Sum: aggregate("sum"),
  Avg: aggregate("avg"),
  Min: aggregate("min"),
  Max: aggregate("max"),
  StdDev: aggregate("stdDev"),
  Variance: aggregate("variance"),
  AnyValue: aggregate("anyValue"),
  BoolAnd: aggregate("boolAnd"),
  BoolOr: aggregate("boolOr"),
  JsonAgg: aggregate("jsonAgg"),
  StringAgg: (of: unknown, separator: unknown, options: Options = {}) =>
    aggregateOf("stringAgg", "StringAgg", of, options, { separator }),

  ...windows,

  Lower: fn("lower"),
  Upper: fn("upper"),
  Length: fn("length"),
  Trim: fn("trim"),
  LTrim: fn("ltrim", "LTrim"),
  RTrim: fn("rtrim", "RTrim"),
  Concat: fn("concat"),
  Substr: fn("substr"),
  Replace: fn("replace"),
  Left: fn("left"),
  Right: fn("right"),
  LPad: fn("lpad", "LPad"),
  RPad: fn("rpad", "RPad"),
  Reverse: fn("reverse"),
  Repeat: fn("repeat"),
  StrIndex: fn("strIndex"),
  Chr: fn("chr"),
  Ord: fn("ord"),
  MD5: fn("md5", "MD5"),
  SHA1: fn("sha1", "SHA1"),
  SHA224: fn("sha224", "SHA224"),
  SHA256: fn("sha256", "SHA256"),
  SHA384: fn("sha384", "SHA384"),
  SHA512: fn("sha512", "SHA512"),
  Collate: named("collate", "collation", "Collate"),

  Coalesce: fn("coalesce"),
  NullIf: fn("nullIf", "NullIf"),
  Greatest: fn("greatest"),
  Least: fn("least"),
  Cast: named("cast", "to", "Cast"),

  Now: fn("now"),
  Extract: named("extract", "part", "Extract"),
  Trunc: named("trunc", "part", "Trunc"),

  Abs: fn("abs"),
  Round: (of: unknown, digits: unknown = 0) => call("round", [argumentOf(of, "Round")], { digits }),
  Ceil: fn("ceil"),
  Floor: fn("floor"),
  Mod: fn("mod"),
  Power: fn("power"),
  Sqrt: fn("sqrt"),
  Sign: fn("sign"),
  Exp: fn("exp"),
  Ln: fn("ln"),
  Log: fn("log"),
  Pi: fn("pi"),
  Sin: fn("sin"),
  Cos: fn("cos"),
  Tan: fn("tan"),
  Cot: fn("cot"),
  ASin: fn("asin", "ASin"),
  ACos: fn("acos", "ACos"),
  ATan: fn("atan", "ATan"),
  ATan2: fn("atan2", "ATan2"),
  Degrees: fn("degrees"),
  Radians: fn("radians"),
  Random: fn("random"),

  JsonObject: jsonObject,
  JsonArray: fn("jsonArray", "JsonArray"),
};

// Declared one by one, so that their types are told by name. None of them looks at `this`.
/* eslint-disable @typescript-eslint/unbound-method */
const typed = constructors as unknown as Expressions;
export const F: Expressions["F"] = typed.F;
export const Excluded: Expressions["Excluded"] = typed.Excluded;
export const Value: Expressions["Value"] = typed.Value;
export const raw: Expressions["raw"] = typed.raw;
export const Case: Expressions["Case"] = typed.Case;
export const When: Expressions["When"] = typed.When;
export const Subquery: Expressions["Subquery"] = typed.Subquery;
export const Exists: Expressions["Exists"] = typed.Exists;
export const FilteredRelation: Expressions["FilteredRelation"] = typed.FilteredRelation;
export const OuterRef: Expressions["OuterRef"] = typed.OuterRef;
export const Count: Expressions["Count"] = typed.Count;
export const Sum: Expressions["Sum"] = typed.Sum;
export const Avg: Expressions["Avg"] = typed.Avg;
export const Min: Expressions["Min"] = typed.Min;
export const Max: Expressions["Max"] = typed.Max;
export const StdDev: Expressions["StdDev"] = typed.StdDev;
export const Variance: Expressions["Variance"] = typed.Variance;
export const AnyValue: Expressions["AnyValue"] = typed.AnyValue;
export const BoolAnd: Expressions["BoolAnd"] = typed.BoolAnd;
export const BoolOr: Expressions["BoolOr"] = typed.BoolOr;
export const JsonAgg: Expressions["JsonAgg"] = typed.JsonAgg;
export const StringAgg: Expressions["StringAgg"] = typed.StringAgg;
export const Window: Expressions["Window"] = typed.Window;
export const RowNumber: Expressions["RowNumber"] = typed.RowNumber;
export const Rank: Expressions["Rank"] = typed.Rank;
export const DenseRank: Expressions["DenseRank"] = typed.DenseRank;
export const PercentRank: Expressions["PercentRank"] = typed.PercentRank;
export const CumeDist: Expressions["CumeDist"] = typed.CumeDist;
export const Ntile: Expressions["Ntile"] = typed.Ntile;
export const Lag: Expressions["Lag"] = typed.Lag;
export const Lead: Expressions["Lead"] = typed.Lead;
export const FirstValue: Expressions["FirstValue"] = typed.FirstValue;
export const LastValue: Expressions["LastValue"] = typed.LastValue;
export const NthValue: Expressions["NthValue"] = typed.NthValue;
export const Lower: Expressions["Lower"] = typed.Lower;
export const Upper: Expressions["Upper"] = typed.Upper;
export const Length: Expressions["Length"] = typed.Length;
export const Trim: Expressions["Trim"] = typed.Trim;
export const LTrim: Expressions["LTrim"] = typed.LTrim;
export const RTrim: Expressions["RTrim"] = typed.RTrim;
export const Concat: Expressions["Concat"] = typed.Concat;
export const Substr: Expressions["Substr"] = typed.Substr;
export const Replace: Expressions["Replace"] = typed.Replace;
export const Left: Expressions["Left"] = typed.Left;
export const Right: Expressions["Right"] = typed.Right;
export const LPad: Expressions["LPad"] = typed.LPad;
export const RPad: Expressions["RPad"] = typed.RPad;
export const Reverse: Expressions["Reverse"] = typed.Reverse;
export const Repeat: Expressions["Repeat"] = typed.Repeat;
export const StrIndex: Expressions["StrIndex"] = typed.StrIndex;
export const Chr: Expressions["Chr"] = typed.Chr;
export const Ord: Expressions["Ord"] = typed.Ord;
export const MD5: Expressions["MD5"] = typed.MD5;
export const SHA1: Expressions["SHA1"] = typed.SHA1;
export const SHA224: Expressions["SHA224"] = typed.SHA224;
export const SHA256: Expressions["SHA256"] = typed.SHA256;
export const SHA384: Expressions["SHA384"] = typed.SHA384;
export const SHA512: Expressions["SHA512"] = typed.SHA512;
export const Collate: Expressions["Collate"] = typed.Collate;
export const Coalesce: Expressions["Coalesce"] = typed.Coalesce;
export const NullIf: Expressions["NullIf"] = typed.NullIf;
export const Greatest: Expressions["Greatest"] = typed.Greatest;
export const Least: Expressions["Least"] = typed.Least;
export const Cast: Expressions["Cast"] = typed.Cast;
export const Now: Expressions["Now"] = typed.Now;
export const Extract: Expressions["Extract"] = typed.Extract;
export const Trunc: Expressions["Trunc"] = typed.Trunc;
export const Abs: Expressions["Abs"] = typed.Abs;
export const Round: Expressions["Round"] = typed.Round;
export const Ceil: Expressions["Ceil"] = typed.Ceil;
export const Floor: Expressions["Floor"] = typed.Floor;
export const Mod: Expressions["Mod"] = typed.Mod;
export const Power: Expressions["Power"] = typed.Power;
export const Sqrt: Expressions["Sqrt"] = typed.Sqrt;
export const Sign: Expressions["Sign"] = typed.Sign;
export const Exp: Expressions["Exp"] = typed.Exp;
export const Ln: Expressions["Ln"] = typed.Ln;
export const Log: Expressions["Log"] = typed.Log;
export const Pi: Expressions["Pi"] = typed.Pi;
export const Sin: Expressions["Sin"] = typed.Sin;
export const Cos: Expressions["Cos"] = typed.Cos;
export const Tan: Expressions["Tan"] = typed.Tan;
export const Cot: Expressions["Cot"] = typed.Cot;
export const ASin: Expressions["ASin"] = typed.ASin;
export const ACos: Expressions["ACos"] = typed.ACos;
export const ATan: Expressions["ATan"] = typed.ATan;
export const ATan2: Expressions["ATan2"] = typed.ATan2;
export const Degrees: Expressions["Degrees"] = typed.Degrees;
export const Radians: Expressions["Radians"] = typed.Radians;
export const Random: Expressions["Random"] = typed.Random;
export const JsonObject: Expressions["JsonObject"] = typed.JsonObject;
export const JsonArray: Expressions["JsonArray"] = typed.JsonArray;
/* eslint-enable @typescript-eslint/unbound-method */
