import { FieldError } from "../errors/index.js";
import { Expression } from "../expressions/index.js";
import { fieldOf, type ForeignKeyMeta, type ModelMeta } from "../models/index.js";
import { printable } from "../util/printable.js";
import { checkName } from "./annotate.js";
import { ModelAlias } from "./model-alias.js";
import { askedRelation, withRelation } from "./named-relations.js";
import { parseFilter } from "./parse-filter.js";
import { changed } from "./query.js";
import { joined, refuseSliced } from "./refine.js";
import { joinOn } from "./relation-filter.js";
import { readOptions, refuseSet } from "./source.js";
import { asksMany, asksWindow, columnsIn, holdsWindow } from "./term.js";
import type { Predicate, Query } from "./tree.js";

/**
 * Puts a row of a model beside each row for which a condition holds. Its name is that of a relation to one row, so that
 * all that is said of it is about that row.
 */
export function withJoin(query: Query, handle: unknown, on: unknown, options: unknown): Query {
  const { model, named } = query;
  if (!ModelAlias.is(handle)) {
    throw new FieldError(
      `${model.name}: join(…) takes a model under a name, such as ${model.name}.alias("other"), got ${printable(handle)}.`,
    );
  }
  const { name, target } = handle;
  checkPlace(query, name);
  const isLeft = readLeft(model, options);
  const relation = askedRelation(name, target, isLeft);
  const { predicate, slots, needs, key } = readCondition({ query, relation, on });
  joinOn(relation, { predicate, base: query.values.length });
  return changed(query, {
    key: `${query.key}><${name}=${target.id}${isLeft ? "?" : ""}(${key});`,
    values: joined(query.values, slots),
    needs: joined(query.needs, needs),
    named: withRelation(named, relation),
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

interface Joining {
  readonly query: Query;
  readonly relation: ForeignKeyMeta;
  readonly on: unknown;
}

function readCondition({ query, relation, on }: Joining) {
  const { model, named } = query;
  const within = changed(query, { named: withRelation(named, relation) });
  const { predicate, ...read } = parseFilter(within, [on, ...ownKind(relation)], "join");
  if (predicate === null || isNothing(on)) {
    throw new FieldError(
      `${model.name}: join(${relation.target.name}.alias("${relation.name}"), condition) joins rows by a condition, such ` +
        `as { ${relation.name}__pk: F("pk") }.`,
    );
  }
  if (read.outer.length > 0) {
    throw new FieldError(
      `${model.name}: the condition of join(…) cannot name the query around by OuterRef(…). Ask about that by filter.`,
    );
  }
  checkCondition(model, relation, predicate);
  return { predicate, ...read };
}

function isNothing(on: unknown): boolean {
  return !Expression.is(on) && Object.keys(on as object).length === 0;
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
