import type { ModelMeta } from "../../models/index.js";
import type { ColumnValues } from "../rows/same-value.js";
import { now } from "./row-init.js";
import { writePlanOf } from "./write-plan.js";

/** Sets the fields with `autoNow` to the present, beside what else is written; but for those that are told. */
export function stamp(meta: ModelMeta, values: ColumnValues, told: object): void {
  for (const column of writePlanOf(meta).stamped) {
    const given = (told as Readonly<Record<string, unknown>>)[column.field];
    if (given === undefined) values.set(column, now(column));
  }
}
