import { FieldError } from "../errors/index.js";
import {
  type AnyRelationMeta,
  type ColumnMeta,
  columnsOfField,
  type FieldMeta,
  fieldOf,
  type ModelMeta,
  namesIn,
  type RelationMeta,
  withKind,
} from "../models/index.js";
import { printable } from "../util/printable.js";
import { didYouMean } from "../util/suggest.js";
import { changed } from "./query.js";
import type { Loading, Query } from "./tree.js";

type Method = Loading["method"];

/** Where a name was written, for messages. */
interface Place {
  readonly text: string;
  readonly method: Method;
}

/** The query with these fields loaded and no others; those that `defer` named stay left out. Of no names: all fields. */
export function withOnly(query: Query, names: readonly unknown[]): Query {
  refusePicked(query, "only");
  const paths = readPaths(query, names, "only");
  const { loading } = query;
  const kept = loading?.method === "defer" ? without(paths, loading.paths) : paths;
  const isNothing = kept.size === 0 && (names.length === 0 || paths.size > 0);
  return withLoading(query, isNothing ? null : { method: "only", paths: kept });
}

/** The query without these fields, and without those left out before; `null` alone loads all again. */
export function withDefer(query: Query, names: readonly unknown[]): Query {
  refusePicked(query, "defer");
  const { loading } = query;
  if (names.length === 1 && names[0] === null) return loading === null ? query : withLoading(query, null);
  const paths = readPaths(query, names, "defer");
  if (paths.size === 0) return query;
  if (loading?.method !== "only") {
    return withLoading(query, { method: "defer", paths: new Set([...(loading?.paths ?? []), ...paths]) });
  }
  const left = without(loading.paths, paths);
  if (left.size > 0) return withLoading(query, { method: "only", paths: left });
  // Nothing is left of what only(…) named: the other names then say what to leave out, as in Django.
  const others = without(paths, loading.paths);
  return withLoading(query, others.size === 0 ? null : { method: "defer", paths: others });
}

/** The query with a field of its own loaded, too, where it was left out. */
export function alsoLoading(query: Query, name: string): Query {
  const { loading } = query;
  if (loading === null || name === "pk") return query;
  if (loading.method === "defer")
    return withLoading(query, { ...loading, paths: without(loading.paths, new Set([name])) });
  return withLoading(query, { ...loading, paths: new Set([...loading.paths, name]) });
}

export function withLoading(query: Query, loading: Loading | null): Query {
  const said = loading === null ? "all" : `${loading.method} ${[...loading.paths].join()}`;
  return changed(query, { key: `${query.key}${said};`, loading });
}

function without(paths: ReadonlySet<string>, others: ReadonlySet<string>): Set<string> {
  return new Set([...paths].filter((path) => !others.has(path)));
}

function refusePicked({ model, picked }: Query, method: Method): void {
  if (picked === null) return;
  throw new FieldError(
    `${model.name}: ${method}(…) is about rows, and cannot follow values(…), which names what is read.`,
  );
}

function readPaths(query: Query, names: readonly unknown[], method: Method): Set<string> {
  const paths = new Set<string>();
  for (const name of names) {
    if (typeof name !== "string" || name === "") {
      throw new FieldError(`${query.model.name}: ${method}(…) takes names of fields, got ${printable(name)}.`);
    }
    for (const path of readPath(query, name, method)) paths.add(path);
  }
  return paths;
}

/** A path with keys by their own names, several for what has several fields; none for what every row has in any case. */
function readPath(query: Query, text: string, method: Method): readonly string[] {
  if (isAnnotation(query, text)) {
    if (method === "only") return [];
    throw new FieldError(
      `${query.model.name}: defer("${text}") names an annotation. Use alias({ … }) for what rows need not have.`,
    );
  }
  const read: string[] = [];
  let model = query.model;
  let names: readonly string[] = text.split("__");
  for (;;) {
    const [name, ...rest] = withKind(model, names) as [string, ...string[]];
    const isLast = rest.length === 0;
    // Of a key of several columns one will do, for keys are read in any case.
    const named = name === "pk" && isLast ? (model.primaryKey[0] as ColumnMeta).field : name;
    const field = readStep(model, named, isLast, { text, method });
    const before = read.join("__");
    if (isLast) return fieldsOf(field, named).map((one) => (before === "" ? one : `${before}__${one}`));
    read.push(named);
    model = (field as AnyRelationMeta).target;
    names = rest;
  }
}

/** The fields that have the columns of one. */
function fieldsOf(field: FieldMeta, name: string): readonly string[] {
  return field.type === "oneOf" ? field.columns.map((column) => column.field) : [name];
}

function readStep(model: ModelMeta, name: string, isLast: boolean, { text, method }: Place): FieldMeta {
  const field = fieldOf(model, name);
  if (field === undefined) throw unknownName(model, name, text, method);
  if ((field.type === "scalar" || field.type === "oneOf") && !isLast) throw notARelation(model, name, text, method);
  if (field.type === "reverse" && (field.many || isLast)) refuseReverse(model, field, text, method);
  return field;
}

function isAnnotation({ model, annotations }: Query, name: string): boolean {
  return fieldOf(model, name) === undefined && annotations.some((annotation) => annotation.name === name);
}

function unknownName(model: ModelMeta, name: string, text: string, method: Method): FieldError {
  const names = namesIn(model);
  return new FieldError(
    `${model.name} has no field "${name}" in ${method}("${text}").${didYouMean(name, names)} Fields: ${names.join(", ")}.`,
  );
}

function notARelation(model: ModelMeta, name: string, text: string, method: Method): FieldError {
  return new FieldError(
    `${model.name}.${name} in ${method}("${text}") is no relation, so nothing can follow it. ` +
      `${method}(…) takes fields, not parts or transforms of them.`,
  );
}

function refuseReverse(model: ModelMeta, field: RelationMeta, text: string, method: Method): void {
  if (field.type === "reverse" && !field.many && method === "only") return;
  throw new FieldError(
    `${model.name}.${field.name} in ${method}("${text}") has no column: rows of ${field.target.name} hold this ` +
      `relation, and come along only where selectRelated(…) or prefetchRelated(…) names it.`,
  );
}

/**
 * Which columns of a model are read at a path of relations from the root; all where nothing is left out. Keys are
 * always, and so is the foreign key by which the rows of a reverse relation are found.
 */
export function columnsAt(
  meta: ModelMeta,
  loading: Loading | null,
  path: readonly RelationMeta[],
): readonly ColumnMeta[] {
  if (loading === null) return meta.columns;
  const prefix = path.map((relation) => `${relation.name}__`).join("");
  const { method, paths } = loading;
  const below = [...paths].filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length));
  // A relation that is named itself, or not at all, is read whole.
  if (below.length === 0 && (path.length > 0 || method === "defer")) return meta.columns;
  const named = new Set(below.map((name) => (method === "only" ? (name.split("__")[0] as string) : name)));
  const last = path.at(-1);
  const via = last?.type === "reverse" ? last.via.columns : [];
  const shared = method === "only" ? [...named].flatMap((name) => columnsNamed(meta, name)) : [];
  const columns = meta.columns.filter((column) => {
    if (column.primaryKey || via.includes(column) || shared.includes(column)) return true;
    return column === meta.kind?.column || named.has(column.field) === (method === "only");
  });
  return columns.length === meta.columns.length ? meta.columns : columns;
}

function columnsNamed(meta: ModelMeta, name: string): readonly ColumnMeta[] {
  const field = fieldOf(meta, name);
  return field === undefined ? [] : columnsOfField(field);
}

/** Refuses to fetch a relation along whose foreign key is left out. */
export function checkTraversed(
  meta: ModelMeta,
  columns: readonly ColumnMeta[],
  relation: RelationMeta,
  { loading }: Query,
): void {
  if (relation.type !== "foreignKey" || relation.columns.every((column) => columns.includes(column))) return;
  const { name } = relation;
  const fix = loading?.method === "only" ? `Name it in only(…, "${name}")` : `Take "${name}" out of defer(…)`;
  throw new FieldError(
    `${meta.name}.${name} cannot be left out by ${loading?.method ?? "only"}(…) and fetched along by selectRelated(…) ` +
      `at the same time. ${fix}, or do without selectRelated("${name}").`,
  );
}
