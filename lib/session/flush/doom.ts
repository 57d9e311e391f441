import {
  type ForeignKeyMeta,
  META,
  type ModelMeta,
  referrersOf,
  type ReverseMeta,
  tableKey,
  areRowsOf,
} from "../../models/index.js";
import { fetchByKeys } from "../../objects/reading/fetch-by-keys.js";
import { identityOf, keyIn, linkColumns } from "../../objects/rows/link-keys.js";
import { savedValue, type StatefulRow } from "../../objects/rows/row-state.js";
import { type LinkKey, rowsOf } from "../../query/index.js";
import type { Core } from "../core.js";
import { byModel } from "../by-model.js";
import { meetAll } from "../meeting.js";
import { relationshipOf } from "../relationships.js";
import { reversesOf } from "../reverses.js";
import { listIn, oneIn } from "../sides.js";
import { trackedOf } from "../states.js";
import { type Edge, inOrder, type Order } from "./order.js";

/** What is deleted, and what becomes of objects that point at it. */
export interface Doom {
  /** Rows that are deleted by statements of their own. */
  readonly explicit: ReadonlySet<StatefulRow>;
  /** Rows that go with those, as their foreign keys say. */
  readonly carried: ReadonlySet<StatefulRow>;
  /** Rows that stay, and whose foreign keys point at nothing any more. */
  readonly cut: readonly (readonly [StatefulRow, ForeignKeyMeta])[];
  /** New rows that are not inserted, since what owns them goes. */
  readonly expelled: ReadonlySet<StatefulRow>;
  readonly order: Order;
}

/** Follows what is deleted to all that depends on it: what relationships cascade to is loaded where it is not known. */
export async function doomedWith(core: Core, start: ReadonlySet<StatefulRow>): Promise<Doom> {
  const following = new Following(core, start);
  await following.follow();
  const { explicit, carried, expelled } = following;
  const cut = following.cut.filter(([row]) => !explicit.has(row) && !carried.has(row));
  return { explicit, carried, expelled, cut, order: inOrder(explicit, edgesAmong(explicit)) };
}

class Following {
  readonly explicit: Set<StatefulRow>;
  readonly carried = new Set<StatefulRow>();
  readonly expelled = new Set<StatefulRow>();
  readonly cut: (readonly [StatefulRow, ForeignKeyMeta])[] = [];
  readonly #core: Core;
  #open: StatefulRow[];

  constructor(core: Core, start: ReadonlySet<StatefulRow>) {
    this.#core = core;
    this.explicit = new Set(start);
    this.#open = [...start];
  }

  async follow(): Promise<void> {
    while (this.#open.length > 0) {
      const rows = this.#open;
      this.#open = [];
      for (const [meta, some] of byModel(rows)) {
        for (const { model, relation } of referrersOf(meta)) await this.#followKey(some, model, relation);
      }
    }
  }

  async #followKey(parents: readonly StatefulRow[], model: ModelMeta, via: ForeignKeyMeta): Promise<void> {
    const reverse = reversesOf(via)[0] ?? null;
    const { cascade, passiveDeletes } = reverse === null ? USUAL : relationshipOf(via.target, reverse);
    const isCarried = via.onDelete === "cascade";
    const deletes = cascade.has("delete") && !isCarried;
    if (deletes && reverse !== null && !passiveDeletes) await this.#load(parents, reverse);
    const among = isCarried ? this.carried : deletes ? this.explicit : null;
    for (const child of childrenOf(this.#core, model, via, parents)) {
      if (among === null) this.cut.push([child, via]);
      else if (this.#core.fresh.has(child)) this.expelled.add(child);
      else this.#doom(child, among);
    }
  }

  #doom(row: StatefulRow, among: Set<StatefulRow>): void {
    if (this.explicit.has(row) || this.carried.has(row)) return;
    among.add(row);
    this.#open.push(row);
  }

  /** Reads what points at rows, where that is not known, all in one. */
  async #load(parents: readonly StatefulRow[], reverse: ReverseMeta): Promise<void> {
    const unknown = parents.filter((row) =>
      reverse.many ? listIn(row, reverse) === null : row[reverse.rowSlot] === undefined,
    );
    const { here, there } = linkColumns(reverse);
    const keys = unknown.map((row) => keyIn(row, here)).filter((key): key is NonNullable<LinkKey> => key !== null);
    if (keys.length === 0) return;
    await this.#core.begin();
    meetAll(this.#core, await fetchByKeys(this.#core.view, rowsOf(reverse.target), there, keys));
  }
}

const USUAL = { cascade: new Set<string>(), passiveDeletes: false };

/** The objects whose foreign keys lead to rows. */
function* childrenOf(
  core: Core,
  model: ModelMeta,
  via: ForeignKeyMeta,
  parents: readonly StatefulRow[],
): Generator<StatefulRow> {
  const rows = new Set(parents);
  const keys = new Set(parents.map((row) => identityOf(keyIn(row, via.targetColumns))));
  const leads = (child: StatefulRow): boolean => {
    const one = oneIn(child, via);
    if (one !== null && one["isSparse"] !== true) return rows.has(one);
    const key = keyIn(child, via.columns);
    return key !== null && keys.has(identityOf(key));
  };
  for (const child of core.identities.rowsOf(model) as Iterable<StatefulRow>) {
    if (areRowsOf(child[META], model) && trackedOf(child)?.owner === core && leads(child)) yield child;
  }
  for (const child of core.fresh) if (tableKey(child[META]) === tableKey(model) && leads(child)) yield child;
}

/** Which of some rows wait for which to be gone, by what they hold in the database. */
function edgesAmong(rows: ReadonlySet<StatefulRow>): Edge[] {
  const byKey = new Map<string, StatefulRow>();
  const place = (meta: ModelMeta, key: LinkKey): string => `${tableKey(meta)} ${String(identityOf(key))}`;
  for (const row of rows) byKey.set(place(row[META], keyIn(row, row[META].primaryKey)), row);
  const edges: Edge[] = [];
  for (const holder of rows) {
    for (const relation of Object.values(holder[META].relations)) {
      if (relation.type !== "foreignKey") continue;
      const held = relation.columns.map((column) => savedValue(holder, column));
      if (held.some((value) => value === null || value === undefined)) continue;
      const parent = byKey.get(place(relation.target, held.length === 1 ? held[0] : held));
      if (parent !== undefined && parent !== holder) edges.push({ waiting: parent, awaited: holder, relation, holder });
    }
  }
  return edges;
}
