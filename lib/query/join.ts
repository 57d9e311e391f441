import { FieldError } from "../errors/index.js";
import { Expression } from "../expressions/index.js";
import { fieldOf, type ForeignKeyMeta, type ModelMeta } from "../models/index.js";
import { printable } from "../util/printable.js";
import { checkName } from "./annotate.js";
import { joinFrom } from "./joined-from.js";
import { ModelAlias } from "./model-alias.js";
import { askedRelation, withRelation } from "./named-relations.js";
import { parseFilter } from "./parse-filter.js";
import { changed } from "./query.js";
import { readRows } from "./read-rows.js";
import { joined, refuseSliced } from "./refine.js";
import { joinOn } from "./relation-filter.js";
import { RowsAlias } from "./rows-alias.js";
import { readOptions, refuseSet } from "./source.js";
import { asksMany, asksWindow, columnsIn, holdsWindow } from "./term.js";
import type { Predicate, Query } from "./tree.js";

/**
 * Puts a row of a model beside each row for which a condition holds. Its name is that of a relation to one row, so that
 * all that is said of it is about that row.
 */
export function withJoin(query: Query, handle: unknown, on: unknown, options: unknown): Query {
  const { model } = query;
  if (RowsAlias.is(handle)) return withRows(query, handle, on, options);
  if (!ModelAlias.is(handle)) {
    throw new FieldError(
      `${model.name}: join(…) takes a model under a name, such as ${model.name}.alias("other"), got ${printable(handle)}.`,
    );
  }
  const { name, target } = handle;
  checkPlace(query, name);
  const isLeft = readLeft(model, options);
  const relation = askedRelation(name, target, isLeft);
  if (isNothing(on)) throw noCondition(model, relation);
  return withRelationOn(query, { relation, on, isOwn: true }, `${target.id}${isLeft ? "?" : ""}`);
}

/** Puts rows that are worked out for each row beside it; a condition may narrow them further. */
function withRows(query: Query, handle: RowsAlias, on: unknown, options: unknown): Query {
  const { name } = handle;
  checkPlace(query, name);
  const isLeft = readLeft(query.model, options);
  const { target, from, key, slots, needs } = readRows(query, handle);
  const relation = askedRelation(name, target, isLeft);
  const base = query.values.length;
  joinFrom(relation, from.kind === "query" ? { ...from, slot: from.slot + base } : { ...from, base });
  const within = changed(query, {
    values: joined(query.values, slots),
    needs: joined(query.needs, needs),
  });
  return withRelationOn(within, { relation, on, isOwn: false }, `${target.id}${isLeft ? "?" : ""}${key}`);
}

interface Joining {
  readonly relation: ForeignKeyMeta;
  readonly on: unknown;
  /** True for a model's own rows, of which those of other models in its table are none. */
  readonly isOwn: boolean;
}

function withRelationOn(query: Query, joining: Joining, spelled: string): Query {
  const { relation } = joining;
  const { predicate, slots, needs, key } = readCondition(query, joining);
  if (predicate !== null) joinOn(relation, { predicate, base: query.values.length });
  return changed(query, {
    key: `${query.key}><${relation.name}=${spelled}(${key});`,
    values: joined(query.values, slots),
    needs: joined(query.needs, needs),
    named: withRelation(query.named, relation),
  });
}

function checkPlace(query: Query, name: string): void {
  const { model, picked, groups, distinctOn, annotations, filters } = query;
  refuseSliced(query, "join");
  refuseSet(query, "join");
  const field = fieldOf(model, name);
  if (field !== undefined && field.type !== "scalar") {
    throw new FieldError(
      `${model.name}: join(…): "${name}" is a relation of ${model.name}, which ${name}__… leads along without a join. ` +
        `Choose another name for rows that a condition joins.`,
    );
  }
  checkName(query, name, "join");
  const hasWindows =
    annotations.some(({ term }) => holdsWindow(term)) || filters.some(({ predicate }) => asksWindow(predicate));
  const after =
    picked !== null || groups !== null
      ? "values(…)"
      : distinctOn !== null
        ? "distinct of some values"
        : hasWindows
          ? "what is worked out over a window"
          : null;
  if (after === null) return;
  throw new FieldError(`${model.name}: join(…) says which rows there are, and cannot follow ${after}. Join first.`);
}

function readLeft(model: ModelMeta, options: unknown): boolean {
  const { left = false } = readOptions(model, options, "join", ["left"]);
  if (typeof left === "boolean") return left;
  throw new FieldError(`${model.name}: join(…, { left }) is true or false, got ${printable(left)}.`);
}

function readCondition(query: Query, { relation, on, isOwn }: Joining) {
  const { model, named } = query;
  const within = changed(query, { named: withRelation(named, relation) });
  const own = isOwn ? ownKind(relation) : [];
  const { predicate, ...read } = parseFilter(within, [on, ...own], "join");
  if (predicate === null && isOwn) throw noCondition(model, relation);
  if (read.outer.length > 0) {
    throw new FieldError(
      `${model.name}: the condition of join(…) cannot name the query around by OuterRef(…). Ask about that by filter.`,
    );
  }
  if (predicate !== null) checkCondition(model, relation, predicate);
  return { predicate, ...read };
}

function noCondition(model: ModelMeta, { target, name }: ForeignKeyMeta): FieldError {
  return new FieldError(
    `${model.name}: join(${target.name}.alias("${name}"), condition) joins rows by a condition, such as ` +
      `{ ${name}__pk: F("pk") }.`,
  );
}

function isNothing(on: unknown): boolean {
  return typeof on === "object" && on !== null && !Expression.is(on) && Object.keys(on).length === 0;
}

/** Of a table of several models' rows, those of the one that is joined. */
function ownKind({ name, target }: ForeignKeyMeta): readonly object[] {
  const { kind } = target;
  return kind === null || kind.value === null ? [] : [{ [`${name}__${kind.column.field}`]: kind.value }];
}

/** The condition stands in a join of one table: it looks at that table's row, and at what is joined before it. */
function checkCondition(model: ModelMeta, relation: ForeignKeyMeta, predicate: Predicate): void {
  const where = `${model.name}: the condition of join(${relation.target.name}.alias("${relation.name}"))`;
  if (asksMany(predicate)) {
    throw new FieldError(`${where} is about single rows, and cannot ask what is worked out over many.`);
  }
  for (const { path } of columnsIn(predicate)) {
    const [first, ...more] = path.hops;
    if (path.multi < 0 && (first !== relation || more.length === 0)) continue;
    throw new FieldError(
      `${where} names fields of "${relation.name}", and of ${model.name} along relations to one row. Ask about others by ` +
        `filter, or in it by Exists(…).`,
    );
  }
}
