import { DatabaseError } from "../../errors/index.js";
import { fold } from "../fold.js";
import { registerAggregates } from "./aggregate-functions.js";
import { registerDecimals } from "./decimal-functions.js";
import { decimalKey } from "./decimal-key.js";
import type { SqliteDatabase } from "./face.js";
import { registerJson } from "./json-functions.js";
import { localText } from "./local-text.js";
import { registerMath } from "./math-functions.js";
import { registerMoments } from "./moment-functions.js";
import { registerTexts } from "./text-functions.js";

type SqlValue = string | number | null;

/** Teaches a connection what SQLite lacks: case beyond ASCII, regular expressions, time zones, decimals, variances. */
export function registerFunctions(database: SqliteDatabase): void {
  const regexp = cachedRegExp();
  const define = (name: string, call: (...values: never[]) => unknown): void => {
    database.function(name, { deterministic: true, varargs: false }, call);
  };
  define("dunder_fold", (x: SqlValue) => (x === null ? null : fold(String(x))));
  define("dunder_lower", (x: SqlValue) => (x === null ? null : String(x).toLowerCase()));
  define("dunder_upper", (x: SqlValue) => (x === null ? null : String(x).toUpperCase()));
  define("dunder_decimal", (x: SqlValue) => (x === null ? null : decimalKey(String(x))));
  define("dunder_local", (x: SqlValue, zone: string) => (x === null ? null : localText(String(x), zone)));
  define("dunder_regexp", (pattern: string | null, flags: string, x: SqlValue) =>
    pattern === null || x === null ? null : Number(regexp(pattern, flags).test(String(x))),
  );
  registerTexts(database);
  registerMoments(database);
  registerDecimals(database);
  registerAggregates(database);
  registerMath(database);
  registerJson(database);
}

const KEPT = 64;

function cachedRegExp(): (pattern: string, flags: string) => RegExp {
  const known = new Map<string, RegExp>();
  return (pattern, flags) => {
    const key = `${flags}/${pattern}`;
    const found = known.get(key) ?? compile(pattern, flags);
    if (!known.has(key)) known.set(key, found);
    if (known.size > KEPT) known.delete(known.keys().next().value!);
    return found;
  };
}

function compile(pattern: string, flags: string): RegExp {
  try {
    return new RegExp(pattern, `${flags}u`);
  } catch (error) {
    // V8 repeats the pattern, which is a parameter, ahead of its reason.
    const reason = (error as Error).message.split(": ").at(-1);
    throw new DatabaseError(`The regular expression of a regex lookup is not valid: ${reason}.`, {
      code: "invalid_regular_expression",
      hint: 'On SQLite it is read as JavaScript\'s with the "u" flag.',
    });
  }
}
