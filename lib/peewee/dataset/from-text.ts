import { ValidationError } from "../../errors/index.js";
import { fieldOf, metaOf, type ScalarMeta } from "../../models/index.js";
import { printable } from "../../util/printable.js";
import type { TableModel } from "./table-model.js";

type Row = Readonly<Record<string, unknown>>;

/** How a file's values are taken. */
interface Taking {
  readonly file: string;
  readonly strict: boolean;
  readonly isCsv: boolean;
  readonly base64: boolean;
}

/** What a text says; undefined where it says nothing of the kind. */
type Parse = (text: string, taking: Taking) => unknown;

const NUMBER = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$|^-?Infinity$|^NaN$/i;
const HEX = /^(?:[0-9a-f]{2})*$/i;
const BASE64 = /^(?:[a-z0-9+/]{4})*(?:[a-z0-9+/]{2}==|[a-z0-9+/]{3}=)?$/i;
/** A moment without a zone, which is in UTC as all that a database tells of. */
const ZONELESS = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)$/;

// What a file says in a text, as the columns of a table that is there take it.
const PARSERS: Readonly<Record<string, Parse>> = {
  number: (text) => (NUMBER.test(text) ? numberOf(text) : undefined),
  boolean: (text) => ({ true: true, "1": true, false: false, "0": false })[text.toLowerCase()],
  datetime: momentOf,
  json: (text, { isCsv }) => (isCsv ? jsonOf(text) : text),
  binary: (text, { base64 }) => {
    if (!(base64 ? BASE64 : HEX).test(text)) return undefined;
    return new Uint8Array(Buffer.from(text, base64 ? "base64" : "hex"));
  },
};

function numberOf(text: string): number | bigint {
  const value = Number(text);
  return Number.isSafeInteger(value) || !/^-?\d+$/.test(text) ? value : BigInt(text);
}

function momentOf(text: string): Date | undefined {
  const moment = new Date(text.replace(ZONELESS, "$1T$2Z"));
  return Number.isNaN(moment.getTime()) ? undefined : moment;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A file's row, its texts made into what the table's columns hold. `at` is its place, for messages. */
export function fromText(model: TableModel, row: Row, taking: Taking, at: number): Row {
  const entries = Object.entries(row).filter(([column]) => !taking.strict || model.columns.includes(column));
  return Object.fromEntries(
    entries.map(([column, value]) => {
      const field = fieldFor(model, column);
      if (field === null) return [column, value];
      const isText = field.column.family === "text";
      // A text that must be one is empty where a line has nothing.
      if (taking.isCsv && value === null) return [column, isText && !field.column.nullable ? "" : null];
      if (typeof value !== "string" || isText) return [column, value];
      // In quotes, too, nothing is no number; bytes there may be none.
      if (taking.isCsv && value === "" && field.column.family !== "binary") return [column, null];
      return [column, valueOf(model, { column, field, text: value }, taking, at)];
    }),
  );
}

function fieldFor(model: TableModel, column: string): ScalarMeta | null {
  const [name] = Object.keys(model.columns.includes(column) ? model.toFields({ [column]: null }) : {});
  const field = name === undefined ? undefined : fieldOf(metaOf(model.model), name);
  return (field as ScalarMeta | undefined) ?? null;
}

interface Given {
  readonly column: string;
  readonly field: ScalarMeta;
  readonly text: string;
}

function valueOf(model: TableModel, { column, field, text }: Given, taking: Taking, at: number): unknown {
  const { family, type } = field.column;
  const parse = type.storage === "bigInteger" ? wholeNumber : PARSERS[family];
  const value = parse === undefined ? text : parse(text, taking);
  if (value !== undefined) return value;
  const message = `row ${at + 1} of ${taking.file} has ${printable(text)}, which is no ${type.storage}.`;
  throw new ValidationError(model.name, [{ field: column, message }]);
}

function wholeNumber(text: string): bigint | undefined {
  return /^[-+]?\d+$/.test(text) ? BigInt(text.replace("+", "")) : undefined;
}
