import {
  convertDate,
  convertInteger,
  convertTime,
  type ColumnType,
  columnType,
  convertText,
  type LookupFamily,
} from "../fields/index.js";
import type { Operand, Transform } from "./lookup.js";

const integer: Operand = { family: "number", type: columnType("integer"), convert: convertInteger, scalar: null };
const text: Operand = { family: "text", type: columnType("text"), convert: convertText, scalar: null };
const date: Operand = { family: "date", type: columnType("date"), convert: convertDate, scalar: null };
const time: Operand = { family: "time", type: columnType("time"), convert: convertTime, scalar: null };

function transform(name: string, families: readonly LookupFamily[], result: Operand): Transform {
  return { name, families, result: () => result };
}

const DATES = ["date", "datetime"] as const;
const TIMES = ["time", "datetime"] as const;

export const transforms: readonly Transform[] = [
  ..."year iso_year quarter month week day week_day iso_week_day"
    .split(" ")
    .map((name) => transform(name, DATES, integer)),
  ..."hour minute second".split(" ").map((name) => transform(name, TIMES, integer)),
  transform("date", ["datetime"], date),
  transform("time", ["datetime"], time),
  transform("length", ["text"], integer),
  ..."lower upper trim".split(" ").map((name) => transform(name, ["text"], text)),
  { name: "abs", families: ["number"], result: (operand) => ({ ...operand, type: wider(operand.type), scalar: null }) },
];

/** The absolute value of the least whole number does not fit where that number does. */
function wider(type: ColumnType): ColumnType {
  if (type.storage === "smallInteger") return columnType("integer");
  return type.storage === "integer" ? columnType("bigInteger") : type;
}
