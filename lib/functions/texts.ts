import { define, MANY, NUMBER, TEXT } from "./define.js";
import type { FunctionDefinition } from "./definition.js";
import { small, text } from "./operands.js";

const HASHES = ["md5", "sha1", "sha224", "sha256", "sha384", "sha512"];

/**
 * Characters are code points, counted from 1. Trimming takes spaces only. `concat` takes NULL for an empty text. A
 * negative length or number is 0. `substr` gives those of the characters asked for that there are; `strIndex` is 0 where
 * there is no such part; `chr` of no character's number and `ord` of an empty text are NULL. Hashes are of the UTF-8
 * bytes, in lower-case hexadecimal.
 */
export const texts: readonly FunctionDefinition[] = [
  define("lower", 1, [TEXT], text),
  define("upper", 1, [TEXT], text),
  define("length", 1, [TEXT], small),
  define("trim", 1, [TEXT], text),
  define("ltrim", 1, [TEXT], text),
  define("rtrim", 1, [TEXT], text),
  define("concat", [1, MANY], [TEXT], text, { nulls: "never" }),
  define("substr", [2, 3], [TEXT, NUMBER], text),
  define("replace", [2, 3], [TEXT], text),
  define("left", 2, [TEXT, NUMBER], text),
  define("right", 2, [TEXT, NUMBER], text),
  define("lpad", [2, 3], [TEXT, NUMBER, TEXT], text),
  define("rpad", [2, 3], [TEXT, NUMBER, TEXT], text),
  define("reverse", 1, [TEXT], text),
  define("repeat", 2, [TEXT, NUMBER], text),
  define("strIndex", 2, [TEXT], small),
  define("chr", 1, [NUMBER], text, { nulls: "made" }),
  define("ord", 1, [TEXT], small, { nulls: "made" }),
  ...HASHES.map((name) => define(name, 1, [TEXT], text)),
];
