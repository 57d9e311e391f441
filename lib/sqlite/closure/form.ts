import { ConfigurationError } from "../../errors/index.js";
import { type ModelMeta, type SchemaContext, schemaOf, TableForm, type TableClauses } from "../../models/index.js";
import { refuseElsewhere } from "../fts/form.js";

/** The tree that a closure is of: a model whose rows name those above them. */
export interface Tree {
  readonly model: ModelMeta;
  /** The foreign key that leads to the row above. */
  readonly field: string;
  /** The columns of its key, and of the key of the row above. */
  readonly key: string;
  readonly parent: string;
}

/** How the table of a closure is made: with triggers on the tree's own, which keep it up to date. */
export function closureForm(treeOf: () => Tree): TableForm {
  return new TableForm({
    create(clauses, context) {
      refuseElsewhere(context, "closure tables", "ancestorsOf(…) and descendantsOf(…) are there on every engine.");
      const tree = treeOf();
      checkSchema(tree, context);
      const names = namesOf(tree, context);
      return [createSql(clauses), indexSql(names), ...triggersSql(names), ...fillSql(names)];
    },
    drop: (safe, context) => [
      ...dropTriggers(qualified(context)),
      `DROP TABLE ${safe ? "IF EXISTS " : ""}${context.table}`,
    ],
  });
}

/** A trigger sees tables of its own schema alone. */
function checkSchema({ model }: Tree, { model: own, schema }: SchemaContext): void {
  if (schemaOf(model) === schema) return;
  throw new ConfigurationError(
    `${own}: it is in another schema than ${model.name}, its tree, whose triggers cannot reach it. Give both the same.`,
  );
}

/** What the statements of a closure name, quoted. */
interface Names {
  readonly closure: string;
  readonly tree: string;
  readonly key: string;
  readonly parent: string;
  readonly ancestor: string;
  readonly descendant: string;
  readonly depth: string;
  /** The table as a statement names it. */
  readonly place: string;
  readonly source: string;
  /** A name of the closure's, in its schema. */
  readonly of: (kind: string) => string;
  /** The same within a trigger, where no schema can be named. */
  readonly inside: (kind: string) => string;
}

type Qualified = Pick<Names, "of" | "inside">;
/** As much as is asked of what a table is written with. */
type Writing = Pick<SchemaContext, "schema" | "tableName" | "table" | "quote" | "columns">;

function qualified({ schema, tableName, quote }: Writing): Qualified {
  const inside = (kind: string): string => quote(`${tableName}_${kind}`);
  return { inside, of: (kind) => `${schema === null ? "" : `${quote(schema)}.`}${inside(kind)}` };
}

function namesOf({ model, key, parent }: Tree, context: Writing): Names {
  const { quote } = context;
  const [ancestor = "", descendant = "", depth = ""] = ["ancestor", "descendant", "depth"].flatMap((field) =>
    context.columns(field, "fields"),
  );
  const before = context.schema === null ? "" : `${quote(context.schema)}.`;
  return {
    ...{ closure: quote(context.tableName), tree: quote(model.table), key: quote(key), parent: quote(parent) },
    ...{ place: context.table, source: `${before}${quote(model.table)}` },
    ...{ ancestor, descendant, depth },
    ...qualified(context),
  };
}

/** The pairs are their own index, from above; they know of the tree by triggers, which also see keys that are not checked. */
function createSql({ head, columns, constraints }: TableClauses): string {
  const own = constraints.filter((clause) => clause.startsWith("PRIMARY KEY"));
  return `${head} (${[...columns, ...own].join(", ")}) WITHOUT ROWID`;
}

function indexSql({ closure, descendant, depth, of }: Names): string {
  return `CREATE INDEX ${of("up")} ON ${closure} (${descendant}, ${depth})`;
}

const TRIGGERS = ["after_insert", "after_update", "after_delete", "place"] as const;

function dropTriggers({ of }: Qualified): string[] {
  return [...TRIGGERS.map((kind) => `DROP TRIGGER IF EXISTS ${of(kind)}`), `DROP VIEW IF EXISTS ${of("link")}`];
}

/**
 * One trigger says where a row stands: below another one, with all that is below it. Rows put into a view run it, so that
 * every change of the tree is told in the same way. A row that was below itself for a moment, or stays so, is no danger:
 * of each pair the fewest steps are kept.
 */
function triggersSql(names: Names): string[] {
  const { tree, key, parent, closure, ancestor, descendant, depth, of, inside } = names;
  const link = inside("link");
  const steps = (row: string) =>
    `(SELECT way.${depth} FROM ${closure} AS way WHERE way.${ancestor} = ${row} AND way.${descendant} = ${closure}.${descendant})`;
  const loosen = (row: string, than: ">" | ">=", condition: string) =>
    `DELETE FROM ${closure} WHERE ${descendant} IN (SELECT ${descendant} FROM ${closure} ` +
    `WHERE ${ancestor} = ${row}${condition}) AND ${depth} ${than} ${steps(row)};`;
  const self =
    `INSERT INTO ${closure} (${ancestor}, ${descendant}, ${depth}) SELECT new.${key}, new.${key}, 0 ` +
    `WHERE NOT EXISTS (SELECT 1 FROM ${closure} WHERE ${ancestor} = new.${key} AND ${descendant} = new.${key});`;
  const placed = `INSERT INTO ${link} (node, parent) VALUES (new.${key}, new.${parent});`;
  // Rows may come before those above them.
  const waiting =
    `INSERT INTO ${link} (node, parent) SELECT ${key}, ${parent} FROM ${tree} ` +
    `WHERE ${parent} = new.${key} AND ${key} <> new.${key}`;
  const isBelow = ` AND EXISTS (SELECT 1 FROM ${closure} AS up WHERE up.${descendant} = new.node AND up.${depth} > 0)`;
  const place =
    `${loosen("new.node", ">", isBelow)} ` +
    `INSERT INTO ${closure} (${ancestor}, ${descendant}, ${depth}) ` +
    `SELECT up.${ancestor}, down.${descendant}, up.${depth} + down.${depth} + 1 ` +
    `FROM ${closure} AS up CROSS JOIN ${closure} AS down ` +
    `WHERE up.${descendant} = new.parent AND down.${ancestor} = new.node AND NOT EXISTS (SELECT 1 FROM ${closure} AS known ` +
    `WHERE known.${ancestor} = up.${ancestor} AND known.${descendant} = down.${descendant});`;
  const isOther = `old.${key} IS NOT new.${key}`;
  return [
    ...dropTriggers(names),
    `CREATE VIEW ${of("link")} AS SELECT NULL AS node, NULL AS parent WHERE 0`,
    `CREATE TRIGGER ${of("place")} INSTEAD OF INSERT ON ${link} BEGIN ${place} END`,
    `CREATE TRIGGER ${of("after_insert")} AFTER INSERT ON ${tree} BEGIN ${self} ${placed} ${waiting}; END`,
    `CREATE TRIGGER ${of("after_update")} AFTER UPDATE OF ${key}, ${parent} ON ${tree} ` +
      `WHEN ${isOther} OR old.${parent} IS NOT new.${parent} BEGIN ` +
      `${loosen(`old.${key}`, ">=", ` AND ${isOther}`)} ${self} ${placed} ${waiting} AND ${isOther}; END`,
    `CREATE TRIGGER ${of("after_delete")} AFTER DELETE ON ${tree} BEGIN ${loosen(`old.${key}`, ">=", "")} END`,
  ];
}

/** Takes in the rows that the tree has already. */
function fillSql({ place, source, key, parent, ancestor, descendant, depth, of }: Names): string[] {
  return [
    `INSERT INTO ${place} (${ancestor}, ${descendant}, ${depth}) SELECT ${key}, ${key}, 0 FROM ${source}`,
    `INSERT INTO ${of("link")} (node, parent) SELECT ${key}, ${parent} FROM ${source} WHERE ${parent} IS NOT NULL`,
  ];
}

/** Makes the closure anew. */
export function rebuildSql(tree: Tree, writing: Writing): string[] {
  return [`DELETE FROM ${writing.table}`, ...fillSql(namesOf(tree, writing))];
}
