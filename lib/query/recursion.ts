import { FieldError } from "../errors/index.js";
import { operandOfKind } from "../functions/index.js";
import { type AnyRelationMeta, fieldOf, type ModelMeta, type RelationMeta } from "../models/index.js";
import { printable } from "../util/printable.js";
import { didYouMean } from "../util/suggest.js";
import { checkName } from "./annotate.js";
import { isSameModel, valuesOf } from "./combine.js";
import { refuseOuter } from "./cte.js";
import { queryOf, shapeKey } from "./query.js";
import { columnsHeld, readOptions, withColumn } from "./source.js";
import type { HeldTerm, Query, RecursiveSource } from "./tree.js";

/** A query's rows and all that a relation of the model to itself leads to from them. */
export function withRecursion(query: Query, name: unknown, given: unknown): Query {
  const relation = selfRelation(query.model, name, "recursive(relation)");
  checkAnchor(query);
  return recursionAlong(query, relation, readCounting(query, given, "recursive"));
}

/** The same along a relation that is known. */
export function recursionAlong(query: Query, relation: AnyRelationMeta, { depth, maxDepth }: Counting): Query {
  const { model, none, needs, timeZone, related } = query;
  const own = columnsHeld(query);
  const columns = depth === null ? own : withColumn(own, depthOf(depth));
  const [held = null] = columns.slice(own.length);
  const values = valuesOf(query);
  const along = relation.type === "reverse" ? `<${relation.via.name}` : relation.name;
  const key = `${model.id}[recursive ${along} ${depth ?? ""}${maxDepth === null ? "" : "<"} ${shapeKey(query)}];`;
  const source: RecursiveSource = {
    ...{ kind: "recursive", hops: hopsOf(relation), member: { query, slot: 0 }, columns, isOfValues: false, key },
    depth: held?.column ?? null,
    maxDepth: maxDepth === null ? null : values.length,
  };
  return {
    ...queryOf(model),
    ...{ source, key, needs, timeZone, related, none },
    values: maxDepth === null ? values : [...values, maxDepth],
    annotations: held === null ? [] : [{ name: held.name, term: held, base: 0, given: true }],
  };
}

function checkAnchor(query: Query): void {
  refuseOuter(query, "recursive");
  if (query.picked === null && query.annotations.length === 0) return;
  throw new FieldError(`${query.model.name}: recursive(…) begins with plain rows. Annotate and pick values after it.`);
}

/** How steps are counted, and how many there may be; null for not at all, and for any number. */
interface Counting {
  readonly depth: string | null;
  readonly maxDepth: number | null;
}

/** Reads how steps are counted; `also` are the names of other options. */
export function readCounting(query: Query, given: unknown, method: string, also: readonly string[] = []): Counting {
  const { depth, maxDepth } = readOptions(query.model, given, method, ["depth", "maxDepth", ...also]);
  if (depth !== undefined) checkDepth(query, depth, method);
  if (maxDepth !== undefined) checkMost(query.model, maxDepth, method);
  return { depth: depth ?? null, maxDepth: maxDepth ?? null };
}

function hopsOf(relation: AnyRelationMeta): readonly RelationMeta[] {
  return relation.type === "manyToMany" ? relation.hops : [relation];
}

export function selfRelation(
  model: ModelMeta,
  name: unknown,
  call: string,
  isChoice: (relation: AnyRelationMeta) => boolean = () => true,
): AnyRelationMeta {
  const choices = Object.values(model.relations).filter((it) => isSameModel(it.target, model) && isChoice(it));
  const field = typeof name === "string" ? fieldOf(model, name) : undefined;
  const found = choices.find((relation) => relation === field);
  if (found !== undefined) return found;
  const names = choices.map((relation) => relation.name);
  throw new FieldError(
    `${model.name}: ${call} takes the name of a relation of ${model.name} to itself, got ${printable(name)}.` +
      `${typeof name === "string" ? didYouMean(name, names) : ""} There are: ${names.join(", ") || "none"}.`,
  );
}

function checkDepth(query: Query, depth: unknown, method: string): asserts depth is string {
  if (typeof depth !== "string") {
    throw new FieldError(
      `${query.model.name}: ${method}(…, { depth }) names the number of steps, got ${printable(depth)}.`,
    );
  }
  checkName(query, depth, method);
}

function checkMost(model: ModelMeta, maxDepth: unknown, method: string): asserts maxDepth is number {
  if (typeof maxDepth === "number" && Number.isSafeInteger(maxDepth) && maxDepth >= 0) return;
  throw new FieldError(
    `${model.name}: ${method}(…, { maxDepth }) is a whole number from 0 upwards, got ${printable(maxDepth)}.`,
  );
}

function depthOf(name: string): HeldTerm {
  return { kind: "held", name, column: name, of: null, operand: operandOfKind("integer", null), nullable: false };
}
