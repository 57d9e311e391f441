import { FieldError } from "../errors/index.js";
import type { Expression } from "../expressions/index.js";
import { fieldOf, homeOf, type ModelMeta, type RelationMeta } from "../models/index.js";
import { printable } from "../util/printable.js";
import { didYouMean } from "../util/suggest.js";
import { withRelation } from "./named-relations.js";
import { Reader } from "./parse-filter.js";
import { changed } from "./query.js";
import { toldAs } from "./read-term.js";
import { joined } from "./refine.js";
import { nameRelation } from "./relation-filter.js";
import { asksMany, columnsIn } from "./term.js";
import type { Predicate, Query } from "./tree.js";

type Said = Extract<Expression["said"], { kind: "filteredRelation" }>;

/** Gives those rows of a relation that fulfil a condition a name of their own, which leads to them as a relation's does. */
export function withFilteredRelation(query: Query, name: string, { relation, condition }: Said): Query {
  const { model, named } = query;
  const of = relationNamed(model, relation);
  const reader = new Reader(query, "FilteredRelation");
  let read: readonly [Predicate | null, string];
  try {
    read = reader.readCondition(condition);
  } catch (error) {
    throw toldAs(error, model, `FilteredRelation("${relation}")`);
  }
  const [predicate, key] = read;
  if (reader.outer.length > 0) {
    throw new FieldError(
      `${model.name}: the condition of FilteredRelation("${relation}") cannot name the query around by OuterRef(…). ` +
        `Ask about that by filter.`,
    );
  }
  if (predicate !== null) checkCondition(model, of, predicate);
  const target = nameRelation(of, name, predicate === null ? null : { predicate, base: query.values.length });
  return changed(query, {
    key: `${query.key}%%${name}=${relation}(${key});`,
    values: joined(query.values, reader.slots),
    needs: joined(query.needs, reader.needs),
    named: withRelation(named, target),
  });
}

function relationNamed(model: ModelMeta, name: unknown): RelationMeta {
  const field = typeof name === "string" ? fieldOf(model, name) : undefined;
  if (field?.type === "manyToMany") {
    throw new FieldError(
      `${model.name}: FilteredRelation("${field.name}"): a many-to-many relation is two steps, and a name is for one. ` +
        `Declare the rows of ${field.through.name} as a relation of ${model.name}, and name that one.`,
    );
  }
  if (field?.type === "oneOf") {
    const kinds = [...field.arms.values()].map((arm) => `"${arm.name}"`);
    throw new FieldError(
      `${model.name}: FilteredRelation("${field.name}"): the relation leads to rows of several models. Name one of them: ` +
        `${kinds.join(", ")}.`,
    );
  }
  if (field !== undefined && field.type !== "scalar") return field;
  const names = Object.keys(model.relations);
  throw new FieldError(
    `${model.name}: FilteredRelation(relation, condition) takes the name of a relation of ${model.name}, got ` +
      `${printable(name)}.${typeof name === "string" ? didYouMean(name, names) : ""} There are: ${names.join(", ") || "none"}.`,
  );
}

/** The condition stands in a join of one table: it can look at that table's row, and at the query's own. */
function checkCondition(model: ModelMeta, relation: RelationMeta, predicate: Predicate): void {
  const where = `${model.name}: the condition of FilteredRelation("${relation.name}")`;
  if (asksMany(predicate)) {
    throw new FieldError(`${where} is about single rows, and cannot ask what is worked out over many.`);
  }
  for (const { path } of columnsIn(predicate)) {
    const [first, ...more] = path.hops;
    const owner = first === undefined ? model : relation.target;
    const home = homeOf(owner, path.column);
    if (home !== owner) {
      throw new FieldError(
        `${where} names "${path.column.field}", which is in the table of ${home.name}, and looks at that of ${owner.name} ` +
          `alone. Ask about it by filter.`,
      );
    }
    if (first === undefined || (first === relation && more.length === 0)) continue;
    throw new FieldError(
      `${where} names fields of "${relation.name}" and of ${model.name} itself, and goes along no other relation. ` +
        `Ask about those by filter, or in it by Exists(…).`,
    );
  }
}
