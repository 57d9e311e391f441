import { type ColumnMeta, isSameSet, type ManyToManyMeta, uniqueKeys, valueIn } from "../../models/index.js";
import { deleteCascading } from "../../objects/deleting/deleting.js";
import { bulkCreate } from "../../objects/many/bulk-create.js";
import { inBatches } from "../../objects/reading/key-batches.js";
import { rowsHolding, type Tuple } from "../../query/index.js";
import type { Core } from "../core.js";
import type { TakenLinks } from "../links.js";
import { trackedOf } from "../states.js";

/** Pairs of one many-to-many relation. */
interface Ties {
  readonly relation: ManyToManyMeta;
  readonly added: object[];
  readonly removed: Tuple[];
}

/** All pairs to be tied and untied, by relation. Rows have their keys by now. */
function tiesOf(core: Core, links: TakenLinks): Ties[] {
  const found = new Map<ManyToManyMeta, Ties>();
  for (const [owner, relations] of links) {
    if (trackedOf(owner)?.owner !== core) continue;
    for (const [relation, { added, removed }] of relations) {
      let ties = found.get(relation);
      if (ties === undefined) found.set(relation, (ties = { relation, added: [], removed: [] }));
      const [{ via }, there] = relation.hops;
      for (const [member, defaults] of added) {
        if (trackedOf(member)?.owner !== core) continue;
        ties.added.push({ ...defaults, [via.name]: owner, [there.name]: member });
      }
      for (const member of removed) ties.removed.push(pairOf(relation, owner, member));
    }
  }
  return [...found.values()];
}

function pairOf({ hops: [{ via }, there] }: ManyToManyMeta, owner: object, member: object): Tuple {
  return [
    ...via.targetColumns.map((column) => valueIn(owner, column)),
    ...there.targetColumns.map((column) => valueIn(member, column)),
  ];
}

/** Ties and unties rows, with a statement or two for each relation. */
export async function tieAndUntie(core: Core, links: TakenLinks): Promise<void> {
  for (const { relation, added, removed } of tiesOf(core, links)) {
    const { through, hops } = relation;
    const columns: readonly ColumnMeta[] = [...hops[0].via.columns, ...hops[1].columns];
    if (removed.length > 0) {
      for (const some of inBatches(core.view, columns, removed)) {
        await deleteCascading(core.view, { query: rowsHolding(through, columns, some), key: null });
      }
    }
    if (added.length === 0) continue;
    const isPair = uniqueKeys(through).some((key) => isSameSet(key, [...new Set(columns)]));
    await bulkCreate(core.view, through, added, {}, isPair ? { unlessThere: [...new Set(columns)] } : {});
  }
}
