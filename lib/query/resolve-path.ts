import { FieldError } from "../errors/index.js";
import {
  type Lookup,
  lookupFor,
  lookupChanges,
  type Operand,
  relationLookups,
  type Transform,
  transformFor,
  tupleLookup,
} from "../lookups/index.js";
import {
  type ColumnMeta,
  type FieldMeta,
  fieldOf,
  type ForeignKeyMeta,
  holdsPrimaryKey,
  isGenericArm,
  type ModelMeta,
  type OneOfMeta,
  pathTo,
  type RelationMeta,
  withKind,
} from "../models/index.js";
import type { JsonStep } from "../util/json-shape.js";
import { readJsonNames, readSteps, shapeOfSteps } from "./json-path.js";
import { keyOperand, tupleOperand } from "./key-operand.js";
import { Memo } from "./memo.js";
import { namesOf } from "./names-of.js";
import { isNamed } from "./named-relations.js";
import { oneOfOperand } from "./one-of-value.js";
import { type Place, unknownLookup, unknownMember, unknownName } from "./path-errors.js";

/** A path worked out as far as a column: the relations to follow from the root, and the column at their end. */
export interface ResolvedPath {
  readonly hops: readonly RelationMeta[];
  /** The place of the first relation to many rows among the hops, or -1. */
  readonly multi: number;
  readonly column: ColumnMeta;
  /** All of its columns where it ends at a key of several; else null. */
  readonly several: readonly ColumnMeta[] | null;
  /** The relation that the path names when it ends at one: its key is the column. */
  readonly relation: RelationMeta | null;
}

/** A key of `filter({ … })` worked out: path, transforms and lookup. Kept with its model for the next time. */
export interface ResolvedLookup {
  readonly key: string;
  /** null for a lookup of what is no column: an annotation, an expression. */
  readonly path: ResolvedPath | null;
  readonly transforms: readonly Transform[];
  /** Steps into JSON; null for none. They stand in the first slot of the condition. */
  readonly steps: readonly JsonStep[] | null;
  readonly lookup: Lookup;
  readonly operand: Operand;
  /** The model whose querysets `in` takes here. */
  readonly rowsOf: ModelMeta | null;
  /** What of those rows is compared, where that is not their primary key. */
  readonly rowKeys: readonly ColumnMeta[] | null;
  /** How a shape's key spells it: as its own key, but for steps into JSON and marks of what is of a user's own. */
  readonly shape: string;
  /** What it is a lookup of where that leads to rows of several models, and the path to it. */
  readonly oneOf?: { readonly field: OneOfMeta; readonly path: string };
  /** The same lookup of the key of the rows that a relation leads to, where other expressions are compared with that. */
  readonly byKey?: string;
  /** Its part of a shape's key where it has one value: known beforehand, since most lookups have. */
  readonly keyOfValue: string;
}

/** Resolves `album__name__iexact` from a model: relations first, then a field, then transforms, then a lookup. */
export function resolveLookup(meta: ModelMeta, key: string, method: string): ResolvedLookup {
  // What names mean is kept until a user adds a lookup, or takes one away.
  const known = Memo.of<ResolvedLookup>(meta, "lookups", lookupChanges.generation);
  const before = known.read.get(key);
  if (before !== undefined) return before;
  const read = readLookup(meta, { method, key });
  return known.keep(key, Object.freeze({ ...read, keyOfValue: `${read.shape}:v,` }));
}

/** Spells what is of a user's own among transforms and a lookup; "" for most. */
export function markOf(transforms: readonly { readonly mark?: string }[], lookup?: Lookup): string {
  let mark = lookup?.mark ?? "";
  for (const transform of transforms) mark += transform.mark ?? "";
  return mark;
}

function readLookup(meta: ModelMeta, place: Place): Omit<ResolvedLookup, "keyOfValue"> {
  const walk = walkPath(meta, namesOf(meta, place.key, place.method), place);
  if (walk.oneOf !== undefined) return oneOfLookup(walk, walk.oneOf, place);
  if (walk.path.several !== null) return tupleLookupOf(walk, walk.path.several, place);
  if (walk.path.relation !== null || (walk.endsAtKey && walk.rest.length === 0)) return relationLookup(walk, place);
  const operand = operandOf(walk.path.column, walk.endsAtKey ? walk.model : null);
  return operand.family === "json" ? jsonLookup(walk, operand, place) : fieldLookup(walk, operand, place);
}

function fieldLookup(
  { path, rest, model, endsAtKey }: Walk,
  source: Operand,
  place: Place,
): Omit<ResolvedLookup, "keyOfValue"> {
  let operand = source;
  const transforms: Transform[] = [];
  let index = 0;
  for (; index < rest.length; index += 1) {
    const transform = transformFor(operand.family, rest[index] as string);
    if (transform === undefined) break;
    transforms.push(transform);
    operand = transform.result(operand);
  }
  const name = rest[index] ?? "exact";
  const lookup = lookupFor(operand.family, name);
  if (lookup === undefined || index + 1 < rest.length) {
    const wrong = lookup === undefined ? name : (rest[index + 1] as string);
    throw unknownLookup(path.column.field, model, wrong, operand, place);
  }
  const rowsOf = endsAtKey ? model : null;
  const shape = place.key + markOf(transforms, lookup);
  return { path, key: place.key, shape, transforms, steps: null, lookup, operand, rowsOf, rowKeys: null };
}

function jsonLookup(
  { path, rest }: Walk,
  operand: Operand,
  { key, method }: Place,
): Omit<ResolvedLookup, "keyOfValue"> {
  const { steps, lookup, shape } = readJsonNames(rest, `${method}({ ${key} })`);
  const names = key.split("__");
  const column = names.slice(0, names.length - rest.length).join("__");
  return {
    path,
    key,
    shape: column + shape + markOf([], lookup),
    transforms: [],
    steps: steps.length === 0 ? null : steps,
    lookup,
    operand,
    rowsOf: null,
    rowKeys: null,
  };
}

function operandOf(column: ColumnMeta, keyOf: ModelMeta | null): Operand {
  if (keyOf !== null) return keyOperand(keyOf, column);
  const { scalar } = column;
  return { family: column.family, type: column.type, convert: scalar.convert, scalar };
}

function relationLookup({ path, rest, model }: Walk, place: Place): Omit<ResolvedLookup, "keyOfValue"> {
  const name = rest[0] ?? "exact";
  const rowKeys = rowKeysOf(path.relation);
  const operand = keyOperand(model, path.column, rowKeys?.[0] ?? null);
  const lookup = relationLookups.includes(name) && rest.length < 2 ? lookupFor(operand.family, name) : undefined;
  if (lookup === undefined) throw unknownName(model, rest[0] as string, place, relationLookups);
  return { ...ofRows(place), path, lookup, operand, rowsOf: model, rowKeys };
}

/** What every lookup of a relation has in common: nothing stands between the path and the lookup. */
function ofRows({ key }: Place): Pick<ResolvedLookup, "key" | "shape" | "transforms" | "steps"> {
  return { key, shape: key, transforms: [], steps: null };
}

/** What a relation holds of the rows that it leads to; null for their primary key. */
function rowKeysOf(relation: RelationMeta | null): readonly ColumnMeta[] | null {
  return relation?.type === "foreignKey" && !holdsPrimaryKey(relation) ? relation.targetColumns : null;
}

/** A lookup of a relation, or of a key, of several columns. */
function tupleLookupOf(
  { path, rest, model }: Walk,
  columns: readonly ColumnMeta[],
  place: Place,
): Omit<ResolvedLookup, "keyOfValue"> {
  const lookup = rest.length < 2 ? tupleLookup(rest[0] ?? "exact") : undefined;
  if (lookup === undefined) throw unknownName(model, rest[0] as string, place, relationLookups);
  const rowKeys = rowKeysOf(path.relation);
  const operand = tupleOperand(model, columns, rowKeys ?? model.primaryKey);
  const found = { ...ofRows(place), path, lookup, operand, rowsOf: model, rowKeys };
  return isConditional(path.relation) ? { ...found, byKey: withNames(place, rest, ["pk", ...rest]) } : found;
}

/** A lookup of a relation to rows of several models. */
function oneOfLookup({ path, rest }: Walk, oneOf: OneOfMeta, place: Place): Omit<ResolvedLookup, "keyOfValue"> {
  const lookup = rest.length < 2 ? tupleLookup(rest[0] ?? "exact") : undefined;
  if (lookup === undefined) throw unknownMember(oneOf, rest[0] as string, place);
  const own = { field: oneOf, path: withNames(place, rest, []) };
  return { ...ofRows(place), path, lookup, operand: oneOfOperand(oneOf), rowsOf: null, rowKeys: null, oneOf: own };
}

/** A key with other names in the place of its last ones. */
function withNames({ key }: Place, last: readonly string[], others: readonly string[]): string {
  const names = key.split("__");
  return [...names.slice(0, names.length - last.length), ...others].join("__");
}

/** True for a foreign key that points at nothing where the kind that it holds is another one. */
function isConditional(relation: RelationMeta | null): boolean {
  return relation?.type === "foreignKey" && isGenericArm(relation);
}

/** True for what may stand first in a path of a model's own: its fields and "pk". */
export function isOwnName(meta: ModelMeta, name: string): boolean {
  return name === "pk" || fieldOf(meta, name) !== undefined;
}

/** True where a path goes on behind a column of JSON. */
export function leadsIntoJson(meta: ModelMeta, path: string): boolean {
  const names = path.split("__");
  let model = meta;
  for (const name of names.slice(0, -1)) {
    const field = fieldOf(model, name);
    if (field === undefined) return false;
    if (field.type === "scalar") return columnOf(field).family === "json";
    if (field.type === "oneOf") return false;
    model = field.target;
  }
  return false;
}

/** A lookup of something that is no column of a path. */
export function termLookup(key: string, lookup: Lookup, operand: Operand, shape = key): ResolvedLookup {
  const keyOfValue = `${shape}:v,`;
  return {
    key,
    shape,
    path: null,
    transforms: [],
    steps: null,
    lookup,
    operand,
    rowsOf: null,
    rowKeys: null,
    keyOfValue,
  };
}

/** How far the names of a path led. */
interface Walk {
  readonly path: ResolvedPath;
  /** The names that are left: transforms and a lookup. */
  readonly rest: readonly string[];
  /** The model at the end: the one that has the column, or the one that the relation leads to. */
  readonly model: ModelMeta;
  /** True when the path ended at a model's key, by its name or as "pk". */
  readonly endsAtKey: boolean;
  /** The relation to rows of several models that it ended at. */
  readonly oneOf?: OneOfMeta;
}

/** Follows names from a model to a column. A key at the end of a foreign key is read from the foreign key: no join. */
function walkPath(meta: ModelMeta, names: readonly string[], place: Place): Walk {
  const hops: RelationMeta[] = [];
  let model = meta;
  for (let left = names; left.length > 0; left = left.slice(1)) {
    left = withKind(model, left);
    const [name, ...rest] = left as [string, ...string[]];
    if (name === "pk") return { path: atColumns(hops, model.primaryKey, null), rest, model, endsAtKey: true };
    const named = fieldNamed(model, name, place, hops.length === 0 ? [] : relationLookups);
    if (named.type === "oneOf") {
      const path = { ...build(hops, named.columns, null), several: named.columns };
      return { path, rest, model, endsAtKey: false, oneOf: named };
    }
    // A many-to-many relation is two steps, of which the second is a foreign key like any other.
    if (named.type === "manyToMany") hops.push(named.hops[0]);
    const field = named.type === "manyToMany" ? named.hops[1] : named;
    if (field.type === "scalar") {
      const { column } = field;
      const endsAtKey = column.primaryKey && model.primaryKey.length === 1;
      return { path: atColumns(hops, [column], null), rest, model, endsAtKey };
    }
    const goesOn = rest[0] !== undefined && (fieldOf(field.target, rest[0]) !== undefined || rest[0] === "pk");
    if (!goesOn) return { path: atRelation(hops, field), rest, model: field.target, endsAtKey: false };
    hops.push(field);
    model = field.target;
  }
  throw unknownName(model, "", place, []);
}

function fieldNamed(model: ModelMeta, name: string, place: Place, also: readonly string[]): FieldMeta {
  const field = fieldOf(model, name);
  if (field === undefined) throw unknownName(model, name, place, also);
  return field;
}

function columnOf(field: FieldMeta): ColumnMeta {
  return (field as { column: ColumnMeta }).column;
}

function atRelation(hops: RelationMeta[], relation: RelationMeta): ResolvedPath {
  if (relation.type === "reverse") return atColumns([...hops, relation], relation.target.primaryKey, relation);
  if (isNamed(relation)) return atColumns([...hops, relation], relation.targetColumns, relation);
  return atColumns(hops, relation.columns, relation);
}

/** Columns at the end of relations: of foreign keys that hold them themselves, as far as they do. */
function atColumns(
  hops: readonly RelationMeta[],
  columns: readonly ColumnMeta[],
  relation: RelationMeta | null,
): ResolvedPath {
  const last = hops.at(-1);
  const own =
    last?.type === "foreignKey" && last !== relation && !isNamed(last) && !isConditional(last)
      ? heldBy(last, columns)
      : null;
  return own === null ? build(hops, columns, relation) : atColumns(hops.slice(0, -1), own, relation);
}

/** The columns of a foreign key that hold some of its target's; null where it does not hold all. */
function heldBy({ columns, targetColumns, nullable }: ForeignKeyMeta, sought: readonly ColumnMeta[]) {
  const own = sought.map((column) => columns[targetColumns.indexOf(column)]);
  if (!own.every((column) => column !== undefined)) return null;
  // Where another of its columns is null there is no reference, whatever these hold.
  return nullable && columns.some((column) => column.nullable && !own.includes(column)) ? null : own;
}

function build(
  hops: readonly RelationMeta[],
  columns: readonly ColumnMeta[],
  relation: RelationMeta | null,
): ResolvedPath {
  const multi = hops.findIndex((hop) => hop.type === "reverse" && hop.many);
  const several = columns.length > 1 ? columns : null;
  return { hops: Object.freeze([...hops]), multi, column: columns[0] as ColumnMeta, several, relation };
}

/** The paths to each of the columns that a path ends at. */
export function partsOfPath(path: ResolvedPath): readonly ResolvedPath[] {
  return path.several === null
    ? [path]
    : path.several.map((column) => ({ ...path, column, several: null, relation: null }));
}

/** Resolves a path that ends at a key of several columns; null for any other. */
export function resolveTuple(meta: ModelMeta, text: string, method: string): ResolvedPath | null {
  const place = { method, key: text };
  const names = namesOf(meta, text, method);
  const first = names[0] as string;
  if (!isOwnName(meta, first)) return null;
  const { path, rest, oneOf } = walkValue(meta, names, place);
  return path.several !== null && rest.length === 0 && oneOf?.kind !== "oneOf" ? path : null;
}

/** The same for a value: of a relation that points at nothing where its kind is another one, that of the row it leads to. */
function walkValue(meta: ModelMeta, names: readonly string[], place: Place): Walk {
  const walk = walkPath(meta, names, place);
  const { hops, relation } = walk.path;
  if (relation === null || !isConditional(relation)) return walk;
  return { ...walk, path: build([...hops, relation], relation.target.primaryKey, relation) };
}

/** Resolves a path that must end at a column, for ordering: `album__name`, `album` (its key), `pk`. */
export function resolveColumn(meta: ModelMeta, path: string, method: string): Walk {
  const place = { method, key: path };
  const walk = walkValue(meta, namesOf(meta, path, method), place);
  if (walk.oneOf?.kind === "oneOf") throw severalColumns(walk, path, method);
  if (walk.rest.length > 0) throw unknownName(walk.model, walk.rest[0] as string, place, []);
  return walk;
}

/** A path that a value is read from: a column, and what transforms make of it. */
export interface ResolvedValue {
  readonly path: ResolvedPath;
  readonly source: Operand;
  readonly steps: readonly { readonly transform: Transform; readonly operand: Operand }[];
  /** Steps into JSON. */
  readonly into: readonly JsonStep[];
  /** How a query's key spells the path. */
  readonly shape: string;
}

/** Resolves `album__released__year` to a value. null where the path begins with one of some other names instead. */
export function resolveValue(
  meta: ModelMeta,
  text: string,
  method: string,
  others: readonly string[],
): ResolvedValue | null {
  const names = namesOf(meta, text, method);
  const first = names[0] as string;
  if (others.includes(first) && first !== "pk" && fieldOf(meta, first) === undefined) return null;
  const place = { method, key: text };
  const walk = walkValue(meta, names, place);
  const { path, rest, model } = walk;
  if (path.several !== null) throw severalColumns(walk, text, method);
  const source = operandOf(path.column, null);
  if (source.family === "json" && path.relation === null) {
    const into = readSteps(rest, `${method}("${text}")`);
    const column = names.slice(0, names.length - rest.length).join("__");
    return { path, source, steps: [], into, shape: into.length === 0 ? text : column + shapeOfSteps(into) };
  }
  const steps: { transform: Transform; operand: Operand }[] = [];
  let operand = source;
  for (const name of rest) {
    const transform = transformFor(operand.family, name);
    if (transform === undefined) {
      throw path.relation === null
        ? unknownLookup(path.column.field, model, name, operand, place)
        : unknownName(model, name, place, []);
    }
    operand = transform.result(operand);
    steps.push({ transform, operand });
  }
  return { path, source, steps, into: [], shape: text };
}

/** The names of each of the values of a key of several columns, by the path that ends at it. */
export function partNames(meta: ModelMeta, text: string): string[] {
  return namesBehind(walkPath(meta, text.split("__"), { method: "", key: text }), text);
}

function namesBehind({ model, oneOf, path: { relation, several } }: Walk, text: string): string[] {
  if (oneOf !== undefined) return (several ?? []).map(({ field }) => text + field.slice(oneOf.name.length));
  const parts = relation?.type === "foreignKey" ? relation.targetColumns : model.primaryKey;
  const before = text === "pk" || text.endsWith("__pk") ? text.slice(0, -2) : `${text}__`;
  return parts.map((part) => before + pathTo(part));
}

function severalColumns(walk: Walk, text: string, method: string): FieldError {
  const what = walk.oneOf === undefined ? "has a key of" : `keeps "${walk.oneOf.name}" in`;
  return new FieldError(
    `${method}("${text}"): ${walk.model.name} ${what} several columns, which are no one value. ` +
      `Name one of them: ${namesBehind(walk, text).join(", ")}.`,
  );
}
