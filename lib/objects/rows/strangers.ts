import { ValidationError } from "../../errors/index.js";
import { refuse } from "../../fields/index.js";
import { type DatabaseCore, hasSeveralDatabases } from "../../execute/database-core.js";
import { type ForeignKeyMeta, META, metaOfRow, type ModelMeta, ORIGIN } from "../../models/index.js";
import { nameOf } from "./named-database.js";
import { relationAllowed } from "./routers.js";
import type { StatefulRow } from "./row-state.js";

/** Throws a `Refusal` where a row of another database is to be pointed at, which no router has allowed. */
export function refuseStranger(row: object, database: DatabaseCore, related: object): void {
  const theirs = (related as StatefulRow)[ORIGIN]?.database;
  if (theirs === undefined || theirs === database) return;
  const allowed = relationAllowed(row, related);
  if (allowed ?? theirs.address === database.address) return;
  refuse(
    `is given ${(related as StatefulRow).toString()}, which is in another database (${nameOf(theirs)}, not ` +
      `${nameOf(database)}). Rows point at rows of their own database, unless a router's allowRelation says otherwise.`,
  );
}

/** Throws where one of some rows, about to be inserted, was given a row of another database. */
export function refuseStrangers(meta: ModelMeta, rows: readonly object[], database: DatabaseCore): void {
  if (!hasSeveralDatabases()) return;
  for (const relation of keysOf(meta)) {
    for (const row of rows as readonly StatefulRow[]) {
      const related = row[relation.rowSlot];
      if (related !== null && related !== undefined && metaOfRow(related) !== null) {
        checkOne(row, relation, database, related);
      }
    }
  }
}

function checkOne(row: StatefulRow, { name }: ForeignKeyMeta, database: DatabaseCore, related: object): void {
  const theirs = (related as StatefulRow)[ORIGIN]?.database;
  if (theirs === undefined || theirs === database) return;
  try {
    refuseStranger(row, database, related);
  } catch (error) {
    throw new ValidationError(row[META].name, [{ field: name, message: (error as Error).message }]);
  }
}

function keysOf(meta: ModelMeta): readonly ForeignKeyMeta[] {
  const known = meta.memo.get("foreign keys") as readonly ForeignKeyMeta[] | undefined;
  if (known !== undefined) return known;
  const found = Object.values(meta.relations).filter((relation) => relation.type === "foreignKey");
  meta.memo.set("foreign keys", found);
  return found;
}
