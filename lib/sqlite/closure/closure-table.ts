import { sql } from "kysely";
import type { Engine } from "../../databases/ports/index.js";
import { ConfigurationError, FieldError } from "../../errors/index.js";
import { atomic, statementRunnerOf } from "../../execute/index.js";
import { Expression, value } from "../../expressions/index.js";
import { fields } from "../../fields/index.js";
import { operandOfKind, type OwnFunctionDefinition } from "../../functions/index.js";
import { newMark } from "../../lookups/index.js";
import { fieldOf, inSchema, metaOf, type ModelMeta, schemaOf } from "../../models/index.js";
import { Exists, OuterRef, Subquery } from "../../objects/builders/expressions.js";
import { Q } from "../../objects/builders/q.js";
import { Model } from "../../objects/instances/model.js";
import { QuerySetBase } from "../../objects/querysets/query-set.js";
import { databaseOf } from "../../objects/rows/routing.js";
import { isSameModel } from "../../query/combine.js";
import { QUERY } from "../../query/index.js";
import { printable } from "../../util/printable.js";
import { didYouMean } from "../../util/suggest.js";
import { optionsOf } from "../access.js";
import { checkSqlite } from "../functions.js";
import { closureForm, rebuildSql, type Tree } from "./form.js";
import type { ClosureTableFactory } from "./types.js";

/** As a queryset is here, where its rows are of a model that is not known. */
interface Rows {
  filter(...conditions: unknown[]): Rows;
  exclude(condition: object): Rows;
  annotate(expressions: object): Rows;
  values(...names: unknown[]): Rows;
}

const OWN = ["database", "schema", "comment"] as const;
type Own = Partial<Record<(typeof OWN)[number], unknown>>;

function declare(table: string, model: unknown, foreignKey: unknown, options: unknown = {}): unknown {
  const where = `ClosureTable("${table}")`;
  if (typeof model !== "function") {
    throw new ConfigurationError(
      `${where} takes a function that gives the tree's model: () => Category, got ${printable(model)}.`,
    );
  }
  const given = optionsOf<Own>(options, OWN, where);
  const target = model as () => never;
  // What becomes of pairs when a row goes, its trigger says.
  const end = (more: object) => () => fields.foreignKey(target(), { onDelete: "do nothing", ...more });
  const treeOf = (): Tree => treeNamed(metaOf(target()), foreignKey, where);
  const columns = { ancestor: end({ index: false }), descendant: end({ index: false }), depth: fields.integer() };
  const own = { ...given, primaryKey: ["ancestor", "descendant"], table: closureForm(treeOf) };
  return Object.assign(Model(table, columns, own as never) as object, statics(treeOf));
}

/** The tree that a foreign key of a model to itself makes. */
function treeNamed(model: ModelMeta, name: unknown, where: string): Tree {
  const choices = Object.values(model.relations).filter(
    (relation) => relation.type === "foreignKey" && relation.target.table === model.table,
  );
  const found = typeof name === "string" ? fieldOf(model, name) : undefined;
  const [key, ...more] = model.primaryKey;
  if (key === undefined || more.length > 0) {
    throw new ConfigurationError(
      `${where}: ${model.name} has a key of several columns. A tree's rows have one of one.`,
    );
  }
  if (found?.type === "foreignKey" && choices.includes(found) && found.targetColumn === key) {
    return { model, field: found.name, key: key.name, parent: found.column.name };
  }
  const names = choices.map((relation) => relation.name);
  throw new ConfigurationError(
    `${where} takes the name of a foreign key of ${model.name} to its own primary key, got ${printable(name)}.` +
      `${typeof name === "string" ? didYouMean(name, names) : ""} There are: ${names.join(", ") || "none"}.`,
  );
}

/** A number of steps, of which SQLite alone is asked. */
const steps: OwnFunctionDefinition = Object.freeze({
  name: "ClosureSteps",
  arity: [1, 1] as const,
  operand: operandOfKind("integer", null),
  compile({ args, engine }: { readonly args: readonly object[]; readonly engine: string }) {
    checkSqlite(engine, "a closure table");
    return sql`${args[0]}`;
  },
  mark: newMark(),
});

function stepsOf(number: number): Expression {
  return new Expression({ kind: "own", definition: steps, args: [value(number, "integer")], options: {} });
}

/** The side of a pair that a row is given for, and that where others are found. */
const SIDES = {
  descendants: { at: "ancestor", found: "descendant" },
  ancestors: { at: "descendant", found: "ancestor" },
} as const;

function lineage(method: keyof typeof SIDES, treeOf: () => Tree) {
  const { at, found } = SIDES[method];
  return function find(this: unknown, objects: unknown, row: unknown, options: unknown = {}): Rows {
    const where = `${metaOf(this).name}.${method}(objects, row)`;
    const { includeSelf, maxDepth, depth } = optionsOf<Lineage>(options, ["includeSelf", "maxDepth", "depth"], where);
    const rows = rowsOf(objects, treeOf(), where);
    const pairs = everyRow(this).filter({ [at]: nodeOf(row, where) });
    const least = isWithSelf(includeSelf, where) ? 0 : 1;
    const most = maxDepth === undefined ? {} : { depth__lte: mostSteps(maxDepth, where) };
    const within = rows.filter({ pk__in: pairs.filter({ depth__gte: stepsOf(least), ...most }).values(found) });
    if (depth === undefined) return within;
    if (typeof depth !== "string") {
      throw new FieldError(`${where}: depth names the number of steps, got ${printable(depth)}.`);
    }
    const pair = pairs.filter({ [found]: OuterRef("pk") }).values("depth");
    return within.annotate({ [depth]: Subquery(pair as never) });
  };
}

interface Lineage {
  readonly includeSelf?: unknown;
  readonly maxDepth?: unknown;
  readonly depth?: unknown;
}

function siblings(treeOf: () => Tree) {
  return function find(this: unknown, objects: unknown, row: unknown, options: unknown = {}): Rows {
    const where = `${metaOf(this).name}.siblings(objects, row)`;
    const { includeSelf } = optionsOf<Lineage>(options, ["includeSelf"], where);
    const tree = treeOf();
    const rows = rowsOf(objects, tree, where);
    const node = nodeOf(row, where);
    const { field } = tree;
    const itself = everyRow(this).filter({ descendant: node, depth: stepsOf(0) });
    const isRoot = Exists(itself.filter({ [`descendant__${field}__isnull`]: true }) as never);
    const found = rows.filter(
      Q.or(
        Q({ [`${field}__in`]: itself.values(`descendant__${field}`) } as never),
        Q.and(Q({ [`${field}__isnull`]: true } as never), isRoot),
      ),
    );
    return isWithSelf(includeSelf, where) ? found : found.exclude({ pk: node });
  };
}

/** What the class of a closure has, beside what every model has. */
function statics(treeOf: () => Tree) {
  return {
    descendants: lineage("descendants", treeOf),
    ancestors: lineage("ancestors", treeOf),
    siblings: siblings(treeOf),
    async rebuild(): Promise<void> {
      const meta = metaOf(this);
      const database = databaseOf(meta, "write");
      if (!database.isConnected) await database.open();
      checkSqlite(database.engine.name, "a closure table");
      const statements = inSchema(database.schema, () => rebuildSql(treeOf(), writingOf(meta, database.engine)));
      const run = async (): Promise<void> => {
        for (const text of statements) await sql.raw(text).execute(statementRunnerOf(database) as never);
      };
      await atomic(database, run, {});
    },
  };
}

function writingOf(meta: ModelMeta, { schema: { quote } }: Engine) {
  const schema = schemaOf(meta);
  const table = `${schema === null ? "" : `${quote(schema)}.`}${quote(meta.table)}`;
  const columns = (field: string) => meta.columns.filter((it) => it.field === field).map(({ name }) => quote(name));
  return { schema, table, tableName: meta.table, quote, columns };
}

/** All pairs, whatever a manager leaves out. */
function everyRow(model: unknown): Rows {
  return new QuerySetBase(model);
}

function rowsOf(objects: unknown, { model }: Tree, where: string): Rows {
  if (objects instanceof QuerySetBase && isSameModel(objects[QUERY].model, model)) return objects;
  const got = objects instanceof QuerySetBase ? `one of ${objects[QUERY].model.name}` : printable(objects);
  throw new FieldError(`${where} takes a queryset of ${model.name}, got ${got}.`);
}

function nodeOf(row: unknown, where: string): unknown {
  if (row !== null && row !== undefined) return row;
  throw new FieldError(`${where} takes a row of the tree, or its key, got ${printable(row)}.`);
}

function isWithSelf(given: unknown, where: string): boolean {
  if (given === undefined || typeof given === "boolean") return given ?? false;
  throw new FieldError(`${where}: includeSelf is true or false, got ${printable(given)}.`);
}

function mostSteps(given: unknown, where: string): number {
  if (typeof given === "number" && Number.isSafeInteger(given) && given >= 0) return given;
  throw new FieldError(`${where}: maxDepth is a whole number from 0 upwards, got ${printable(given)}.`);
}

export const ClosureTable: ClosureTableFactory = declare as unknown as ClosureTableFactory;
