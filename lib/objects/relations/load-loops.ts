import type { LoadLoop } from "../../databases/options.js";
import type { DatabaseCore } from "../../execute/database-core.js";
import { ORIGIN, type AnyRelationMeta } from "../../models/index.js";
import { callersLine } from "../../util/own-frames.js";
import type { StatefulRow } from "../rows/row-state.js";

const THRESHOLD = 5;

/** Places that were told of already. */
const told = new WeakMap<DatabaseCore, Set<string>>();

interface Loaded {
  readonly owner: string;
  readonly relation: AnyRelationMeta;
}

/** Counts a load that was a query for one row alone, and tells whoever wants to know where it becomes a habit. */
export function noteLoad(row: StatefulRow, loaded: Loaded): void {
  const origin = row[ORIGIN];
  if (!origin || origin.result === null) return;
  const { database, result } = origin;
  const { onLoadLoop, loadLoopThreshold = THRESHOLD } = database.options;
  if (onLoadLoop === undefined) return;
  const loads = (result.loads.get(loaded.relation) ?? 0) + 1;
  result.loads.set(loaded.relation, loads);
  if (loads !== loadLoopThreshold) return;
  const loop = loopOf(loaded, loads, callersLine());
  if (isNew(database, `${loop.model}.${loop.relation} ${loop.place}`)) onLoadLoop(loop);
}

function loopOf({ owner, relation }: Loaded, loads: number, place: string | null): LoadLoop {
  const { name } = relation;
  const method = relation.type !== "foreignKey" && relation.many ? "prefetchRelated" : "selectRelated";
  const message =
    `${owner}.${name} was loaded ${loads} times one by one for rows of one result, each time by a query of its own` +
    `${place === null ? "" : `, at ${place}`}. Fetch it along with ${owner}.objects.${method}("${name}"), or for all rows ` +
    `at once by fetchMode("peers").`;
  return { model: owner, relation: name, loads, place, message };
}

function isNew(database: DatabaseCore, place: string): boolean {
  let places = told.get(database);
  if (places === undefined) told.set(database, (places = new Set()));
  if (places.has(place)) return false;
  places.add(place);
  return true;
}
