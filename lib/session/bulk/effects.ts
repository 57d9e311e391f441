import type { Changing } from "../../execute/index.js";
import {
  type AnyRelationMeta,
  type ColumnMeta,
  type ForeignKeyMeta,
  homeOf,
  type ModelMeta,
  referrersOf,
  tableKey,
} from "../../models/index.js";
import { foreignKeysOf } from "../reverses.js";

/** Where a statement itself deletes rows, not by way of a foreign key. */
const ITSELF = "";

/**
 * What a statement may have done to rows, table by table: what it sets or deletes, and what becomes by it of rows that
 * point at these, as their foreign keys say.
 */
export class Effects {
  /** Columns that may hold something else, by table. */
  readonly #set = new Map<string, Set<string>>();
  /** The foreign keys along which rows may have been deleted, by table. */
  readonly #deleted = new Map<string, Set<string>>();
  /** Foreign keys that may lead to other rows that are there. */
  readonly #moved = new Set<string>();

  constructor({ meta, columns, keepsParents = false }: Changing) {
    if (columns === null) this.#addDeleted(meta, keepsParents);
    else this.#addSet(meta, columns);
  }

  #addSet(meta: ModelMeta, columns: readonly ColumnMeta[]): void {
    for (const column of columns) namesIn(this.#set, homeOf(meta, column)).add(column.name);
    for (const relation of foreignKeysOf(meta)) {
      if (relation.columns.some((column) => columns.includes(column))) this.#moved.add(linkKey(meta, relation));
    }
  }

  /** Follows what is deleted along foreign keys, and to what it extends. */
  #addDeleted(start: ModelMeta, keepsParents: boolean): void {
    const reached: ModelMeta[] = [];
    const reach = (meta: ModelMeta, by: string): void => {
      const keys = namesIn(this.#deleted, meta);
      if (keys.size === 0) reached.push(meta);
      keys.add(by);
    };
    reach(start, ITSELF);
    for (const meta of reached) {
      if (meta.parent !== null && !(meta === start && keepsParents)) reach(meta.parent.model, ITSELF);
      for (const { model, relation } of referrersOf(meta)) this.#addPointing(model, relation, reach);
    }
  }

  #addPointing(model: ModelMeta, relation: ForeignKeyMeta, reach: (meta: ModelMeta, by: string) => void): void {
    const { onDelete: rule } = relation;
    if (rule === "protect" || rule === "restrict") return;
    const key = linkKey(model, relation);
    // What is left to the database may go, or point at something else.
    if (rule === "cascade" || rule === "do nothing") reach(model, key);
    if (rule === "cascade") return;
    for (const column of relation.columns) namesIn(this.#set, homeOf(model, column)).add(column.name);
    if (rule !== "set null" && rule !== "do nothing") this.#moved.add(key);
  }

  deletesFrom(meta: ModelMeta): boolean {
    return this.#deleted.has(tableKey(meta));
  }

  /** The columns of a model that may hold something else than objects know. */
  columnsOf(meta: ModelMeta): readonly ColumnMeta[] {
    const isSet = (column: ColumnMeta): boolean =>
      this.#set.get(tableKey(homeOf(meta, column)))?.has(column.name) === true;
    if (!meta.columns.some(isSet)) return [];
    // The next version is seen with all that it is the version of, or not at all.
    if (meta.version !== null) return meta.columns;
    return meta.columns.filter((column) => isSet(column) || column.options.generatedAs !== undefined);
  }

  /** True for a relation to many, or to one that holds it, which may lead to rows by now that nobody has read. */
  opens(relation: AnyRelationMeta): boolean {
    if (relation.type === "reverse") return this.#moved.has(linkKey(relation.target, relation.via));
    if (relation.type === "foreignKey") return false;
    const { through, hops } = relation;
    const ties = [linkKey(through, hops[0].via), linkKey(through, hops[1])];
    const deleted = this.#deleted.get(tableKey(through)) ?? [];
    return ties.some((key) => this.#moved.has(key)) || [...deleted].some((key) => !ties.includes(key));
  }
}

function namesIn(tables: Map<string, Set<string>>, meta: ModelMeta): Set<string> {
  const key = tableKey(meta);
  let names = tables.get(key);
  if (names === undefined) tables.set(key, (names = new Set<string>()));
  return names;
}

/** Names a foreign key, in whichever class it is declared. */
function linkKey(meta: ModelMeta, { columns }: ForeignKeyMeta): string {
  const [first] = columns as readonly [ColumnMeta];
  return `${tableKey(homeOf(meta, first))}(${columns.map(({ name }) => name).join()})`;
}
