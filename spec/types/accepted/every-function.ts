import {
  ACos,
  AnyValue,
  ASin,
  ATan,
  ATan2,
  BoolAnd,
  Ceil,
  Chr,
  Collate,
  Cos,
  Cot,
  Count,
  CumeDist,
  Degrees,
  DenseRank,
  Exp,
  F,
  FirstValue,
  Floor,
  JsonArray,
  LastValue,
  Lead,
  Least,
  Left,
  Ln,
  Log,
  LPad,
  LTrim,
  MD5,
  Mod,
  Ntile,
  Ord,
  PercentRank,
  Pi,
  Power,
  Radians,
  Random,
  Repeat,
  Replace,
  Reverse,
  Right,
  RPad,
  RTrim,
  SHA1,
  SHA224,
  SHA256,
  SHA384,
  SHA512,
  Sign,
  Sin,
  StrIndex,
  Tan,
  Trim,
  Value,
  Variance,
  Window,
} from "../prelude.js";
import { type } from "./equal.js";
import { Item } from "./shop.js";

export async function texts() {
  const row = await Item.objects
    .values({
      trimmed: Trim(LTrim(RTrim("name"))),
      replaced: Replace("name", Value("&"), Value("and")),
      ends: Left(Right("name", 3), F("stock")),
      padded: LPad(RPad("name", 5), 9, Value("0")),
      again: Repeat(Reverse("note"), 2),
      chr: Chr(Ord("name")),
      at: StrIndex("name", "brand__name"),
      digests: JsonArray(MD5("name"), SHA1("name"), SHA224("name"), SHA256("name"), SHA384("note")),
      digest: SHA512("note"),
      sorted: Collate("name", "C"),
    })
    .get();
  type(row).is<{
    trimmed: string;
    replaced: string;
    ends: string;
    padded: string;
    again: string | null;
    chr: string;
    at: number | null;
    digests: [string, string, string, string, string | null];
    digest: string | null;
    sorted: string;
  }>();
}

export async function numbers() {
  const row = await Item.objects
    .values({
      whole: Ceil("views"),
      below: Floor("discount"),
      rest: Mod("stock", 3),
      power: Power("stock", 2),
      sign: Sign("price"),
      logarithms: Log(2, Ln(Exp("sold"))),
      angle: Degrees(ATan2(Sin(Radians("weight")), Cos(Tan("weight")))),
      inverse: ACos(ASin(ATan(Cot("weight")))),
      circle: Pi(),
      chance: Random(),
      least: Least("price", "discount"),
    })
    .get();
  type(row).is<{
    whole: bigint;
    below: string | null;
    rest: number;
    power: number;
    sign: number;
    logarithms: number | null;
    angle: number;
    inverse: number;
    circle: number;
    chance: number;
    least: string | null;
  }>();
}

export async function rankings() {
  const over = { partitionBy: "brand", orderBy: ["-stock", "id"] } as const;
  const row = await Item.objects
    .values({
      dense: Window(DenseRank(), over),
      percent: Window(PercentRank(), over),
      share: Window(CumeDist(), over),
      quarter: Window(Ntile(4), over),
      next: Window(Lead("price", 2), over),
      first: Window(FirstValue("made"), { ...over, frame: { start: null, end: null } }),
      last: Window(LastValue("name"), over),
      framed: Window(LastValue("name"), { ...over, frame: { start: -1, end: 0, exclude: "ties" } }),
      before: Window(FirstValue("name"), { ...over, frame: { end: -1 } }),
      after: Window(FirstValue("name"), { ...over, frame: { start: 1 } }),
      others: Window(FirstValue("name"), { ...over, frame: { exclude: "current row" } }),
      some: Window(Count("*"), { ...over, frame: { start: 1 } }),
    })
    .get();
  type(row).is<{
    dense: number;
    percent: number;
    share: number;
    quarter: number;
    next: string | null;
    first: string | null;
    last: string;
    framed: string;
    before: string | null;
    after: string | null;
    others: string | null;
    some: number;
  }>();
}

export async function together() {
  const { all, any, spread } = await Item.objects.aggregate({
    all: BoolAnd("active", { default: true }),
    any: AnyValue("name"),
    spread: Variance("weight"),
  });
  type(all).is<boolean>();
  type(any).is<string | null>();
  type(spread).is<number | null>();
}
