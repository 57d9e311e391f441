import { ConfigurationError, NotSupportedError } from "../../errors/index.js";
import { type ModelMeta, metaOf, type SchemaContext, TableForm, type TableClauses } from "../../models/index.js";
import { printable } from "../../util/printable.js";
import { didYouMean } from "../../util/suggest.js";

/** What an index of FTS5 is made of. */
export interface FtsForm {
  readonly tokenize: string | null;
  readonly prefix: readonly number[];
  readonly detail: "full" | "column" | "none" | null;
  /** Fields that are kept and not searched. */
  readonly unindexed: readonly string[];
  /** The model whose rows are searched; null where the index has its own. */
  readonly content: (() => unknown) | null;
  /** Nothing but the index is kept. */
  readonly contentless: boolean;
  readonly fields: readonly string[];
}

/** Words for messages, and for those who read SQL: of a table, to an engine that has none such. */
export function refuseElsewhere({ engine, label, model }: SchemaContext, what: string, hint: string): void {
  if (engine === "sqlite") return;
  throw new NotSupportedError(`${model}: ${label} has no ${what}.`, { hint });
}

export function ftsForm(form: FtsForm): TableForm {
  return new TableForm({
    create(clauses, context) {
      refuseElsewhere(context, "FTS5 tables", "Full text is in dunder-orm/postgres and dunder-orm/mysql there.");
      const create = createSql(form, clauses, context);
      const content = contentOf(form, context);
      if (content === null) return [create];
      return [create, ...triggersSql(form, content, context), command(context, "rebuild")];
    },
    drop(safe, context) {
      const drop = `DROP TABLE ${safe ? "IF EXISTS " : ""}${context.table}`;
      if (form.content === null) return [drop];
      return [...EVENTS.map((event) => `DROP TRIGGER IF EXISTS ${triggerName(context, event)}`), drop];
    },
  });
}

function columnsOf({ fields }: FtsForm, context: SchemaContext): readonly string[] {
  return fields.flatMap((field) => context.columns(field, "fields"));
}

function createSql(form: FtsForm, { safe }: TableClauses, context: SchemaContext): string {
  const literal = (given: unknown) => context.literal(given);
  const unindexed = new Set(form.unindexed.flatMap((field) => context.columns(field, "unindexed")));
  const columns = columnsOf(form, context).map((name) => (unindexed.has(name) ? `${name} UNINDEXED` : name));
  const content = contentOf(form, context);
  const options = [
    ...(form.tokenize === null ? [] : [`tokenize = ${literal(form.tokenize)}`]),
    ...(form.prefix.length === 0 ? [] : [`prefix = ${literal(form.prefix.join(" "))}`]),
    ...(form.detail === null ? [] : [`detail = ${literal(form.detail)}`]),
    ...(form.contentless ? ["content = ''", "contentless_delete = 1"] : []),
    ...(content === null
      ? []
      : [`content = ${literal(content.table)}`, `content_rowid = ${literal(content.primaryKey[0]?.name)}`]),
  ];
  const exists = safe ? "IF NOT EXISTS " : "";
  return `CREATE VIRTUAL TABLE ${exists}${context.table} USING fts5(${[...columns, ...options].join(", ")})`;
}

/** The model whose rows are searched: it has the columns, and a whole number for its key. */
function contentOf({ content, fields }: FtsForm, context: SchemaContext): ModelMeta | null {
  if (content === null) return null;
  const meta = metaOf(content());
  const [key, ...more] = meta.primaryKey;
  if (key === undefined || more.length > 0 || !["integer", "smallInteger"].includes(key.type.storage)) {
    throw new ConfigurationError(
      `${context.model}: content: ${meta.name} has no key that is one whole number, as FTS5 needs it.`,
    );
  }
  const known = meta.columns.map(({ name }) => context.quote(name));
  for (const field of fields) {
    for (const name of context.columns(field, "fields")) {
      if (known.includes(name)) continue;
      throw new ConfigurationError(
        `${context.model}.${field}: ${meta.name}, its content, has no column ${name}.${didYouMean(name, known)} ` +
          `Columns: ${known.join(", ")}.`,
      );
    }
  }
  return meta;
}

const EVENTS = ["insert", "delete", "update"] as const;
type Event = (typeof EVENTS)[number];

function triggerName(context: SchemaContext, event: Event): string {
  const { schema, tableName } = context;
  const quote = (name: string) => context.quote(name);
  return `${schema === null ? "" : `${quote(schema)}.`}${quote(`${tableName}_after_${event}`)}`;
}

/** The index is told of what becomes of the rows; a trigger names tables of its own schema, without it. */
function triggersSql(form: FtsForm, content: ModelMeta, context: SchemaContext): string[] {
  const { tableName } = context;
  const quote = (name: string) => context.quote(name);
  const own = quote(tableName);
  const columns = columnsOf(form, context);
  const key = quote(content.primaryKey[0]?.name ?? "");
  const values = (row: "new" | "old") => columns.map((name) => `${row}.${name}`).join(", ");
  const add = `INSERT INTO ${own} (rowid, ${columns.join(", ")}) VALUES (new.${key}, ${values("new")});`;
  const remove = `INSERT INTO ${own} (${own}, rowid, ${columns.join(", ")}) VALUES ('delete', old.${key}, ${values("old")});`;
  const on = (event: Event, body: string) =>
    `CREATE TRIGGER IF NOT EXISTS ${triggerName(context, event)} AFTER ${event.toUpperCase()} ON ${quote(content.table)} ` +
    `BEGIN ${body} END`;
  return [on("insert", add), on("delete", remove), on("update", `${remove} ${add}`)];
}

function command(context: SchemaContext, name: string): string {
  return `INSERT INTO ${context.table} (${context.quote(context.tableName)}) VALUES ('${name}')`;
}

/** Checks what says how text is taken apart: it stands in the SQL as a literal. */
export function checkTokenize(tokenize: unknown, where: string): string | null {
  if (tokenize === undefined) return null;
  if (typeof tokenize === "string" && tokenize.trim() !== "" && !tokenize.includes("\0")) return tokenize;
  throw new ConfigurationError(
    `${where}: tokenize names a tokenizer and its options, such as "porter unicode61", got ${printable(tokenize)}.`,
  );
}

export function checkPrefix(prefix: unknown, where: string): readonly number[] {
  const list: readonly unknown[] = prefix === undefined ? [] : Array.isArray(prefix) ? (prefix as unknown[]) : [prefix];
  const isLength = (item: unknown): item is number =>
    Number.isInteger(item) && (item as number) > 0 && (item as number) < 1000;
  if (list.every(isLength)) return list;
  throw new ConfigurationError(`${where}: prefix is a list of lengths, such as [2, 3], got ${printable(prefix)}.`);
}
