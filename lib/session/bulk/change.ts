import type { Changing } from "../../execute/index.js";
import type { StatefulRow } from "../../objects/rows/row-state.js";
import { byModel } from "../by-model.js";
import type { Core } from "../core.js";
import { SessionError } from "../errors.js";
import { takeDeleted } from "../gone.js";
import { relationsOf } from "../reverses.js";
import { forgetRelated, takeStored } from "../stored.js";
import { Effects } from "./effects.js";

// Which rows a statement changed it does not tell, nor what triggers, rules of foreign keys and other sessions did before:
// the rows that the session has objects of are looked at afterwards, in the same transaction.

/** Changes rows of a session by statements, and has its objects be as their rows are then. */
export async function changeRows<T>(core: Core, changing: Changing, work: () => T | Promise<T>): Promise<T> {
  refuseKeys(changing);
  await core.begin();
  core.hasWritten = true;
  const result = await work();
  if (countOf(result) === 0) return result;
  try {
    await follow(core, new Effects(changing));
  } catch (error) {
    // Nobody knows any more what objects and rows have in common.
    core.fail(error);
    throw error;
  }
  return result;
}

/** How many rows a statement found. */
function countOf(result: unknown): number {
  return typeof result === "number" ? result : (result as { readonly total: number }).total;
}

/** Rows are known by their keys. */
function refuseKeys({ meta, columns }: Changing): void {
  const key = columns?.find((column) => column.primaryKey && columns !== meta.columns);
  if (key === undefined) return;
  throw new SessionError(
    `${meta.name}.${key.field} is the key that a session knows rows by: update(…) cannot set it.`,
    {
      hint: `Objects would be taken for other rows. Run it past them: await session.run(() => ${meta.name}.objects.….update(…)).`,
    },
  );
}

async function follow(core: Core, effects: Effects): Promise<void> {
  const gone: StatefulRow[] = [];
  for (const [meta, rows] of byModel([...core.identities] as StatefulRow[])) {
    const columns = effects.columnsOf(meta);
    const deletes = effects.deletesFrom(meta);
    if (columns.length > 0 || deletes) {
      const missing = await takeStored(core, rows, columns);
      if (deletes) gone.push(...missing);
    }
    const open = relationsOf(meta).filter((relation) => effects.opens(relation));
    for (const row of rows) for (const relation of open) forgetRelated(core, row, relation);
  }
  takeDeleted(core, gone);
}
