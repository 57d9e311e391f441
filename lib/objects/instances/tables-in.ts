import { ConfigurationError } from "../../errors/index.js";
import type { DatabaseCore } from "../../execute/database-core.js";
import { areRowsOf, type ModelMeta } from "../../models/index.js";
import { migrationAllowed } from "../rows/routers.js";
import { homeDatabase } from "../rows/routing.js";

/** Of some models those whose tables may be in a database. */
export function tablesIn(database: DatabaseCore, metas: readonly ModelMeta[]): ModelMeta[] {
  return metas.filter((meta) => migrationAllowed(database.origin, meta) !== false);
}

/** Refuses foreign keys that no database can keep, since what they point at is in another one. */
export function refuseDistantKeys(database: DatabaseCore, metas: readonly ModelMeta[]): void {
  for (const meta of metas) {
    for (const relation of Object.values(meta.relations)) {
      const { target } = relation;
      if (relation.type !== "foreignKey" || metas.some((other) => other === target || areRowsOf(target, other)))
        continue;
      if (homeDatabase(meta) !== database || isHere(database, target)) continue;
      throw new ConfigurationError(
        `${meta.name}.${relation.name} points at ${target.name}, which is in another database: no foreign key can do that.`,
        { hint: `Keep both in one database, or declare a plain field for the key of ${target.name}.` },
      );
    }
  }
}

function isHere(database: DatabaseCore, target: ModelMeta): boolean {
  const home = homeDatabase(target);
  return home === null || home === database || home.address === database.address;
}
