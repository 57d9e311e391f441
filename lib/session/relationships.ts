import { ConfigurationError } from "../errors/index.js";
import { fields } from "../fields/index.js";
import { type AnyRelationMeta, type Definition, DEFINITION, type ModelMeta } from "../models/index.js";
import type { Many, ManyToMany, One } from "../types/index.js";
import { printable } from "../util/printable.js";
import { didYouMean } from "../util/suggest.js";

const CASCADES = ["save-update", "merge", "delete", "delete-orphan", "expunge"] as const;
const LOADING = ["select", "selectin", "joined"] as const;

/** What an object does to those that a relation leads to, when it is itself added, merged, deleted or expunged. */
export type Cascade = (typeof CASCADES)[number];

/** How a relationship behaves in sessions. */
export interface RelationshipOptions {
  /**
   * What goes along the relation: a list, or as SQLAlchemy writes it, "all, delete-orphan". "all" is everything but
   * "delete-orphan", which deletes what was taken out of the collection. Without it: "save-update, merge".
   */
  readonly cascade?: string | readonly (Cascade | "all")[];
  /** The order in which the related rows are loaded: "name", "-released". */
  readonly orderBy?: string | readonly string[];
  /** "select" (they are loaded when asked for) or "selectin" and "joined" (queries of a session fetch them along). */
  readonly lazy?: (typeof LOADING)[number];
  /** What points at a deleted row is left to the database, whose foreign keys say what becomes of it. */
  readonly passiveDeletes?: boolean;
  /** For reading only: what is changed there is refused. */
  readonly viewonly?: boolean;
}

/** The same, checked. */
export interface Relationship {
  readonly cascade: ReadonlySet<Cascade>;
  readonly orderBy: readonly string[];
  readonly lazy: (typeof LOADING)[number];
  readonly passiveDeletes: boolean;
  readonly viewonly: boolean;
}

const USUAL: Relationship = {
  cascade: new Set<Cascade>(["save-update", "merge"]),
  orderBy: [],
  lazy: "select",
  passiveDeletes: false,
  viewonly: false,
};

const declared = new WeakMap<object, Relationship>();
const known = new WeakMap<AnyRelationMeta, Relationship>();

interface ToMany<Via extends string> extends RelationshipOptions {
  /** The field of the other model that is the other side. */
  readonly backPopulates: Via;
  readonly uselist?: true;
}

interface ToOne<Via extends string> extends RelationshipOptions {
  readonly backPopulates: Via;
  /** One row at most. */
  readonly uselist: false;
}

interface ManyThrough<Through> extends RelationshipOptions {
  /** The model whose rows tie two together: its class, or a function that gives it; true has one made. */
  readonly secondary: Through;
}

interface ReverseOf<Name extends string> extends RelationshipOptions {
  /** The many-to-many field of the other model that this is the other side of. */
  readonly reverse: Name;
}

type Through<T> = T extends true ? object : { readonly through: T };

/** Declares one side of a relation with what it does in sessions. */
interface RelationshipFactory {
  <C, const Via extends string>(target: C, options: ToOne<Via>): One<C, Via>;
  <C, const Via extends string>(target: C, options: ToMany<Via>): Many<C, Via>;
  <C, const T>(target: C, options: ManyThrough<T>): ManyToMany<C, Through<T>>;
  <C, const Name extends string>(target: C, options: ReverseOf<Name>): ManyToMany<C, { readonly reverse: Name }>;
}

const OPTIONS = "backPopulates uselist secondary reverse cascade orderBy lazy passiveDeletes viewonly".split(" ");

function declare(target: unknown, options: unknown): object {
  const given = readOptions(options);
  const field = fieldFor(target, given);
  declared.set(field, {
    cascade: readCascade(given["cascade"]),
    orderBy: typeof given["orderBy"] === "string" ? [given["orderBy"]] : ((given["orderBy"] ?? []) as string[]),
    lazy: readLazy(given["lazy"] ?? "select"),
    passiveDeletes: given["passiveDeletes"] === true,
    viewonly: given["viewonly"] === true,
  });
  return field;
}

function readOptions(options: unknown): Readonly<Record<string, unknown>> {
  if (options === null || typeof options !== "object") {
    throw wrong(`takes options such as { backPopulates: "artist" }, got ${printable(options)}.`);
  }
  const unknown = Object.keys(options).find((name) => !OPTIONS.includes(name));
  if (unknown === undefined) return options as Readonly<Record<string, unknown>>;
  throw wrong(`takes no option "${unknown}".${didYouMean(unknown, OPTIONS)} Options: ${OPTIONS.join(", ")}.`);
}

function fieldFor(target: unknown, given: Readonly<Record<string, unknown>>): object {
  const { backPopulates, reverse, secondary, uselist } = given;
  const make = fields as unknown as Record<string, (target: unknown, how?: unknown) => object>;
  if (reverse !== undefined) return make["manyToMany"]!(target, { reverse });
  if (secondary !== undefined) return make["manyToMany"]!(target, secondary === true ? {} : { through: secondary });
  if (typeof backPopulates !== "string") {
    throw wrong(
      `needs backPopulates, the foreign key of the other model that this is the other side of; or for rows of many to ` +
        `many secondary, the model between, or reverse.`,
    );
  }
  return make[uselist === false ? "hasOne" : "hasMany"]!(target, backPopulates);
}

function readCascade(given: unknown): ReadonlySet<Cascade> {
  if (given === undefined) return USUAL.cascade;
  const names = typeof given === "string" ? given.split(",").map((name) => name.trim()) : given;
  if (!Array.isArray(names)) throw wrong(`cascade is a list, or a text, got ${printable(given)}.`);
  const all = (names as string[]).flatMap((name) =>
    name === "all" ? CASCADES.filter((one) => one !== "delete-orphan") : [name],
  );
  const unknown = all.find((name) => !(CASCADES as readonly string[]).includes(name));
  if (unknown === undefined) return new Set(all as Cascade[]);
  throw wrong(`knows no cascade "${unknown}".${didYouMean(unknown, CASCADES)} Cascades: all, ${CASCADES.join(", ")}.`);
}

function readLazy(given: unknown): Relationship["lazy"] {
  if ((LOADING as readonly unknown[]).includes(given)) return given as Relationship["lazy"];
  throw wrong(`lazy is one of ${LOADING.join(", ")}, got ${printable(given)}.`);
}

function wrong(text: string): ConfigurationError {
  return new ConfigurationError(`relationship(Model, options) ${text}`);
}

/**
 * One side of a relation, with what it does in sessions. `fields.hasMany`, `fields.hasOne` and `fields.manyToMany` are
 * relationships without it: this is for those that cascade, or are loaded, in a way of their own.
 *
 * @example
 * ```ts no-run
 * class Artist extends Model("artist", {
 *   name: fields.string(),
 *   albums: () => relationship(Album, { backPopulates: "artist", cascade: "all, delete-orphan", orderBy: "name" }),
 * }) {}
 * ```
 * @throws ConfigurationError for options that make no sense.
 */
export const relationship = declare as unknown as RelationshipFactory;

/** What a relation does in sessions: as declared, else as usual. */
export function relationshipOf(meta: ModelMeta, relation: AnyRelationMeta): Relationship {
  let found = known.get(relation);
  if (found === undefined) known.set(relation, (found = lookUp(meta, relation.name)));
  return found;
}

function lookUp(meta: ModelMeta, name: string): Relationship {
  for (let at: object = meta.model; DEFINITION in at; at = Object.getPrototypeOf(at) as object) {
    const entry = (at[DEFINITION] as Definition).declared[name];
    if (typeof entry !== "function") continue;
    // The function makes the declaration anew; what it was made with is the same.
    return declared.get((entry as () => object)()) ?? USUAL;
  }
  return USUAL;
}
