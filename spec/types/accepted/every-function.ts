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
  Degrees,
  Exp,
  F,
  Floor,
  JsonArray,
  Least,
  Left,
  Ln,
  Log,
  LPad,
  LTrim,
  MD5,
  Mod,
  Ord,
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
