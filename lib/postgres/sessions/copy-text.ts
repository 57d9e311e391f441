import { encoderOf } from "../fields/element.js";
import { wireValues } from "../../databases/postgres/wire-values.js";
import type { ColumnMeta } from "../../models/index.js";

const SPECIAL = /[\\\n\r\t]/g;
const ESCAPED: Readonly<Record<string, string>> = { "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** A line of COPY's own format: tabs between values, `\N` for NULL. */
export function lineOf(values: readonly unknown[], columns: readonly ColumnMeta[]): string {
  let line = "";
  for (let at = 0; at < columns.length; at += 1) {
    if (at > 0) line += "\t";
    line += fieldText(encoderOf((columns[at] as ColumnMeta).type)(values[at] ?? null));
  }
  return `${line}\n`;
}

function fieldText(value: unknown): string {
  if (typeof value === "number" || typeof value === "boolean" || typeof value === "bigint") return String(value);
  const [text] = wireValues([value]) as [string | Buffer | null];
  if (text === null) return "\\N";
  if (typeof text !== "string") return `\\\\x${text.toString("hex")}`;
  return text.replace(SPECIAL, (letter) => ESCAPED[letter] as string);
}
