import { fieldOf, metaOf, type ScalarMeta } from "../../models/index.js";
import type { TableModel } from "./table-model.js";

type Row = Readonly<Record<string, unknown>>;

/** How a file's values are taken. */
interface Taking {
  readonly strict: boolean;
  readonly isCsv: boolean;
  readonly base64: boolean;
}

type Parse = (text: string) => unknown;

// What a file says in a text, as the columns of a table that is there take it.
const PARSERS: Readonly<Record<string, Parse>> = {
  number: (text) => (Number.isSafeInteger(Number(text)) || !/^-?\d+$/.test(text) ? Number(text) : BigInt(text)),
  boolean: (text) => ({ true: true, "1": true, false: false, "0": false })[text.toLowerCase()] ?? text,
  datetime: (text) => new Date(text),
  json: (text) => JSON.parse(text) as unknown,
};

/** A file's row, its texts made into what the table's columns hold. */
export function fromText(model: TableModel, row: Row, { strict, isCsv, base64 }: Taking): Row {
  const entries = Object.entries(row).filter(([column]) => !strict || model.columns.includes(column));
  return Object.fromEntries(
    entries.map(([column, value]) => {
      const field = fieldFor(model, column);
      if (typeof value !== "string" || field === null || field.column.family === "text") return [column, value];
      // CSV has no NULL: only a text can be empty.
      if (isCsv && value === "") return [column, null];
      return [column, valueOf(field, value, { isCsv, base64 })];
    }),
  );
}

function fieldFor(model: TableModel, column: string): ScalarMeta | null {
  const [name] = Object.keys(model.columns.includes(column) ? model.toFields({ [column]: null }) : {});
  const field = name === undefined ? undefined : fieldOf(metaOf(model.model), name);
  return (field as ScalarMeta | undefined) ?? null;
}

function valueOf(field: ScalarMeta, text: string, { isCsv, base64 }: Omit<Taking, "strict">): unknown {
  const { family, type } = field.column;
  if (family === "binary") return new Uint8Array(Buffer.from(text, base64 ? "base64" : "hex"));
  if (type.storage === "bigInteger") return BigInt(text);
  if (family === "json" && !isCsv) return text;
  return PARSERS[family]?.(text) ?? text;
}
