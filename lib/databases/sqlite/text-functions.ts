import type { SqliteDatabase } from "./face.js";

type Text = string | null;

/** Functions of text that SQLite lacks. */
export function registerTexts(database: SqliteDatabase): void {
  const define = (name: string, call: (...values: never[]) => unknown): void => {
    database.function(name, { deterministic: true }, call);
  };
  define("dunder_reverse", (x: Text) => (x === null ? null : [...String(x)].reverse().join("")));
  define("dunder_repeat", (x: Text, times: number | null) =>
    x === null || times === null ? null : String(x).repeat(Math.max(times, 0)),
  );
  define("dunder_lpad", (x: Text, length: number | null, fill: Text) => padded(x, length, fill, true));
  define("dunder_rpad", (x: Text, length: number | null, fill: Text) => padded(x, length, fill, false));
  define("dunder_text", (x: number | null) => (x === null ? null : String(x)));
  define("dunder_hash", (name: string, x: Text) => (x === null ? null : hash(name, String(x))));
  define("dunder_join", joined);
}

/** Cut on the right where it is longer. */
function padded(x: Text, length: number | null, fill: Text, onLeft: boolean): Text {
  if (x === null || length === null || fill === null) return null;
  const kept = [...String(x)].slice(0, Math.max(length, 0));
  const filler = [...String(fill)];
  const missing = filler.length === 0 ? 0 : Math.max(length - kept.length, 0);
  const fillers = Array.from({ length: missing }, (_, index) => filler[index % filler.length]).join("");
  return onLeft ? fillers + kept.join("") : kept.join("") + fillers;
}

function hash(name: string, text: string): string {
  // Asked for here: to import node:crypto costs every application what few use.
  return process.getBuiltinModule("node:crypto").createHash(name).update(text, "utf8").digest("hex");
}

/** The texts of a JSON array between separators; without its nulls. */
function joined(list: Text, separator: string): Text {
  if (list === null) return null;
  const texts = (JSON.parse(list) as Text[]).filter((item) => item !== null);
  return texts.length === 0 ? null : texts.join(separator);
}
