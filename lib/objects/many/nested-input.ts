import type { DatabaseCore } from "../../execute/database-core.js";
import { FieldError, type Problem, ValidationError } from "../../errors/index.js";
import {
  type FieldMeta,
  fieldOf,
  type ForeignKeyMeta,
  type ManyToManyMeta,
  META,
  metaOfRow,
  type ModelMeta,
  type ReverseMeta,
} from "../../models/index.js";
import { printable } from "../../util/printable.js";
import { isThere } from "../rows/extended-row.js";
import { checkBare, givenMember, notAList, type Ties } from "./nested-ties.js";
import { newRow } from "../instances/new-row.js";
import { validColumns } from "../writing/row-init.js";
import { keyOf } from "../rows/row-state.js";

/** New rows that stand in the same place of what is to be made, and go into the database together. */
export interface Branch {
  readonly meta: ModelMeta;
  readonly rows: object[];
  /** What the rows point at, and which has to be there before them. */
  readonly parents: Map<ForeignKeyMeta, Branch>;
  /** What points at the rows. */
  readonly children: Map<ReverseMeta, Branch>;
  /** The rows that each row was given along a relation to many, be it none of them. */
  readonly given: Given[];
  /** What rows of a through model tie, apart from such as were given themselves. */
  readonly ties: Ties[];
}

interface Given {
  readonly row: object;
  readonly relation: ReverseMeta | ManyToManyMeta;
  readonly children: readonly object[];
}

/** Deeper than any model of data, and not as deep as the stack. */
const MOST_DEEP = 100;

/** True where values hold other rows to be made: an object for a foreign key, or anything for what has no column. */
export function holdsNewRows(meta: ModelMeta, values: object): boolean {
  return Object.entries(values).some(([name, value]) => {
    const field = fieldOf(meta, name);
    return field !== undefined && isNew(field.type, value);
  });
}

function isNew(type: FieldMeta["type"], value: unknown): boolean {
  return type === "reverse" || type === "manyToMany" || (type === "foreignKey" && isPlainObject(value));
}

function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (value === null || typeof value !== "object") return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** Where values stand: the path of their problems, and the row that is made with them and that they are to point at. */
interface Place {
  readonly path: string;
  readonly depth: number;
  readonly back: { readonly via: ForeignKeyMeta; readonly row: object } | null;
}

/** Reads values with rows inside of them, at any depth, before anything is sent. What is wrong is collected. */
export class NestedReader {
  readonly problems: Problem[] = [];
  readonly #database: DatabaseCore;
  readonly #isFinal: (meta: ModelMeta) => boolean;

  /** `isFinal` tells whose rows nobody changes before they are inserted. */
  constructor(database: DatabaseCore, isFinal: (meta: ModelMeta) => boolean) {
    this.#database = database;
    this.#isFinal = isFinal;
  }

  /** Makes the row of some values, and the rows inside of them. */
  read(branch: Branch, values: object, place: Place = { path: "", depth: 0, back: null }): object {
    const { meta } = branch;
    if (place.depth === MOST_DEEP) {
      throw new FieldError(`${meta.name}: rows to be created are nested more than ${MOST_DEEP} deep.`);
    }
    // Without a prototype, for any name may be given, "__proto__" too.
    const own = Object.create(null) as Record<string, unknown>;
    const reverses: [ReverseMeta, unknown][] = [];
    const ties: [ManyToManyMeta, unknown][] = [];
    for (const [name, value] of Object.entries(values) as [string, unknown][]) {
      const field = fieldOf(meta, name);
      if (field === undefined || !isNew(field.type, value)) own[name] = value;
      else if (field.type === "reverse") reverses.push([field, value]);
      else if (field.type === "manyToMany") ties.push([field, value]);
      else own[name] = this.#parent(branch, field as ForeignKeyMeta, value as object, place);
    }
    this.#pointBack(own, place);
    const row = this.#newRow(meta, own, place);
    branch.rows.push(row);
    for (const [relation, value] of reverses) {
      if (value === undefined) continue;
      const children = this.#children(branch, relation, value, { ...place, back: { via: relation.via, row } });
      branch.given.push({ row, relation, children });
    }
    for (const [relation, value] of ties) if (value !== undefined) this.#ties(branch, row, relation, { value, place });
    return row;
  }

  /** Takes a row that was made before. */
  take({ meta, rows }: Branch, row: object): void {
    if (this.#isFinal(meta)) this.#collecting("", () => validColumns(row, meta.columns));
    rows.push(row);
  }

  #parent({ parents }: Branch, relation: ForeignKeyMeta, values: object, { path, depth }: Place): object {
    if (saysNothing(relation.target, values)) {
      const message =
        `expected a row of ${relation.target.name} or its key, got ${printable(values)}. To make one along with this row, ` +
        `give more of its values than its key.`;
      this.problems.push({ field: `${path}${relation.name}`, message });
    }
    return this.read(branchAt(parents, relation), values, {
      path: `${path}${relation.name}.`,
      depth: depth + 1,
      back: null,
    });
  }

  #pointBack(own: Record<string, unknown>, { path, back }: Place): void {
    if (back === null) return;
    const { via, row } = back;
    if (own[via.name] !== undefined) {
      const message = `is the ${(row as { [META]: ModelMeta })[META].name} that it is made with. Leave it out.`;
      this.problems.push({ field: `${path}${via.name}`, message });
    }
    own[via.name] = row;
  }

  #children({ children }: Branch, relation: ReverseMeta, value: unknown, place: Place): object[] {
    const branch = branchAt(children, relation);
    const path = `${place.path}${relation.name}`;
    const given = givenRows(relation, value);
    if (given === null) {
      const wanted = relation.many ? "a list of objects of values" : "an object of values or null";
      this.problems.push({ field: path, message: `expected ${wanted}, got ${printable(value)}.` });
      return [];
    }
    const made: object[] = [];
    for (const [index, item] of given.entries()) {
      const here = relation.many ? `${path}[${index}]` : path;
      if (isPlainObject(item)) {
        made.push(this.read(branch, item, { ...place, path: `${here}.`, depth: place.depth + 1 }));
      } else this.problems.push({ field: here, message: notValues(relation, item) });
    }
    return made;
  }

  /** Rows of the through model, which point at the row and at those that it is given: new ones, and others. */
  #ties({ meta, children, given }: Branch, row: object, relation: ManyToManyMeta, { value, place }: Tied): void {
    const path = `${place.path}${relation.name}`;
    if (!Array.isArray(value)) {
      this.problems.push({ field: path, message: notAList(relation, value) });
      return;
    }
    if (value.length > 0) checkBare(meta, relation);
    const [reverse, there] = relation.hops;
    const between = branchAt(children, reverse);
    const members = this.#members(branchAt(between.parents, there), relation, value, { ...place, path });
    if (members.length > 0) between.ties.push({ row, relation, members });
    for (const member of members) {
      const ends = [row, member] as const;
      for (const [from, to] of relation.isSymmetrical ? [ends, [member, row] as const] : [ends]) {
        between.rows.push(
          this.#newRow(between.meta, { [reverse.via.name]: from, [there.name]: to }, { path: `${path}.` }),
        );
      }
    }
    if (members.every((member) => metaOfRow(member) !== null)) {
      given.push({ row, relation, children: members as readonly object[] });
    }
  }

  /** Each member once: the row, where there is one, or the key. */
  #members(branch: Branch, relation: ManyToManyMeta, items: readonly unknown[], { path, depth }: Place): unknown[] {
    const members = new Map<unknown, unknown>();
    for (const [index, item] of items.entries()) {
      const here = `${path}[${index}]`;
      if (isPlainObject(item)) {
        const row = this.read(branch, item, { path: `${here}.`, depth: depth + 1, back: null });
        members.set(row, row);
      } else {
        const member = givenMember(relation, item, here, this.problems);
        if (member !== null && (member.row !== null || !members.has(member.text))) {
          members.set(member.text, member.row ?? member.key);
        }
      }
    }
    return [...members.values()];
  }

  #newRow(meta: ModelMeta, own: Record<string, unknown>, { path }: Pick<Place, "path">): object {
    const made = this.#collecting(path, () => {
      const row = newRow(meta, own, this.#database);
      // What its defaults come to is checked, too, but for the keys of rows that are not there yet.
      const open = Object.values(meta.relations).flatMap((relation) =>
        relation.type === "foreignKey" && isUnsaved(own[relation.name]) ? relation.columns : [],
      );
      const known = meta.columns.filter((column) => {
        const isExtended = column.relation === null && column.primaryKey && isThere(row, column);
        return !isExtended && !open.includes(column);
      });
      if (this.#isFinal(meta)) validColumns(row, known);
      return row;
    });
    // What stands for the row has what is wrong with its children found as well. It is never saved.
    return made ?? (Object.create(meta.model.prototype as object) as object);
  }

  #collecting<T>(path: string, make: () => T): T | null {
    try {
      return make();
    } catch (error) {
      if (!(error instanceof ValidationError)) throw error;
      for (const { field, message } of error.problems) {
        this.problems.push({ field: field === null ? path.replace(/\.$/, "") || null : `${path}${field}`, message });
      }
      return null;
    }
  }
}

interface Tied {
  readonly value: unknown;
  readonly place: Place;
}

function branchAt<R extends ForeignKeyMeta | ReverseMeta>(branches: Map<R, Branch>, relation: R): Branch {
  let branch = branches.get(relation);
  if (branch === undefined) branches.set(relation, (branch = newBranch(relation.target)));
  return branch;
}

export function newBranch(meta: ModelMeta): Branch {
  return { meta, rows: [], parents: new Map(), children: new Map(), given: [], ties: [] };
}

function givenRows({ many }: ReverseMeta, value: unknown): readonly unknown[] | null {
  if (many) return Array.isArray(value) ? (value as unknown[]) : null;
  if (Array.isArray(value)) return null;
  return value === null ? [] : [value];
}

/** True for what is rather meant for a row that is there: to make one, nobody tells just a key that is generated. */
function saysNothing({ primaryKey }: ModelMeta, values: object): boolean {
  const generated = primaryKey.find((column) => column.generated)?.field;
  return Object.keys(values).every((name) => generated !== undefined && (name === "pk" || name === generated));
}

function notValues({ target, via }: ReverseMeta, item: unknown): string {
  const meta = metaOfRow(item);
  if (meta === null) return `expected an object of values, got ${printable(item)}.`;
  return `expected values of a new ${target.name}, got a row of ${meta.name}. Set its "${via.name}" once this row is saved.`;
}

function isUnsaved(value: unknown): boolean {
  return metaOfRow(value) !== null && keyOf(value as object) === null;
}
