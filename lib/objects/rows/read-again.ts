import { type RowOrigin, readerOf } from "../../execute/index.js";
import { ORIGIN, RAW } from "../../models/index.js";
import { blankFor } from "./blank.js";
import type { StatefulRow } from "./row-state.js";

/** Another instance of a row that was just read, with values of its own. */
export function readAgain(row: StatefulRow): StatefulRow {
  const { database, layout, result } = row[ORIGIN] as RowOrigin;
  const copy = readerOf(database, layout, blankFor(layout))(row[RAW] as unknown[]) as StatefulRow;
  if (result !== null) copy[ORIGIN] = row[ORIGIN];
  return copy;
}
