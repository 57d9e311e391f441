import { sql } from "kysely";
import { ConfigurationError, DatabaseError, FieldError } from "../../errors/index.js";
import type { Expression, QExpression } from "../../expressions/index.js";
import { columnType, ScalarField } from "../../fields/index.js";
import { plainKinds } from "../../fields/kinds.js";
import { statementRunnerOf } from "../../execute/index.js";
import { metaOf } from "../../models/index.js";
import { Model } from "../../objects/instances/model.js";
import { databaseOf } from "../../objects/rows/routing.js";
import { printable } from "../../util/printable.js";
import { didYouMean } from "../../util/suggest.js";
import { optionsOf } from "../access.js";
import {
  bm25Expression,
  type FtsPlace,
  highlightExpression,
  matchExpression,
  snippetExpression,
} from "./expressions.js";
import { checkPrefix, checkTokenize, ftsForm, type FtsForm } from "./form.js";
import { matchText } from "./match-text.js";
import type { Fts5Factory } from "./types.js";

const OWN = ["tokenize", "prefix", "detail", "unindexed", "content", "contentless"] as const;
const DETAILS: readonly unknown[] = ["full", "column", "none"];

type Given = Readonly<Record<string, unknown>>;

function formOf(table: string, declared: Given, given: Given): FtsForm {
  const where = `Fts5("${table}")`;
  const { tokenize, prefix, detail = null, unindexed = [], content = null, contentless = false } = given;
  const names = searched(declared);
  if (names.length === 0) throw new ConfigurationError(`${where} has no field of text to search.`);
  if (detail !== null && !DETAILS.includes(detail)) {
    throw new ConfigurationError(`${where}: detail is "full", "column" or "none", got ${printable(detail)}.`);
  }
  checkContent(content, contentless, where);
  return {
    tokenize: checkTokenize(tokenize, where),
    prefix: checkPrefix(prefix, where),
    detail: detail as FtsForm["detail"],
    unindexed: namesAmong(names, unindexed, `${where}: unindexed`),
    content: content as FtsForm["content"],
    contentless: contentless as boolean,
    fields: names,
  };
}

function checkContent(content: unknown, contentless: unknown, where: string): void {
  if (content !== null && typeof content !== "function") {
    throw new ConfigurationError(
      `${where}: content is a function that gives a model: () => Note, got ${printable(content)}.`,
    );
  }
  if (typeof contentless !== "boolean" || (contentless && content !== null)) {
    throw new ConfigurationError(`${where}: contentless is true or false, and goes with no content.`);
  }
}

/** The fields that are columns of the index: all but its key. */
function searched(declared: Given): string[] {
  return Object.entries(declared).flatMap(([name, field]) =>
    field instanceof ScalarField && field.options.primaryKey !== true ? [name] : [],
  );
}

function namesAmong(known: readonly string[], given: unknown, where: string): readonly string[] {
  if (!Array.isArray(given)) throw new ConfigurationError(`${where} is a list of fields, got ${printable(given)}.`);
  return given.map((name: unknown) => {
    placeOf(known, name, where);
    return name as string;
  });
}

function placeOf(known: readonly string[], name: unknown, where: string): number {
  const place = known.indexOf(name as string);
  if (place >= 0) return place;
  const near = typeof name === "string" ? didYouMean(name, known) : "";
  throw new FieldError(`${where}: ${printable(name)} is no field of the index.${near} Fields: ${known.join(", ")}.`);
}

/** FTS5 takes no notice of a rowid that is a float, as the driver binds numbers: it gives rows that were not asked for. */
const ROWID = columnType("custom", {
  customSqlType: () => "integer",
  customCodec: { toDb: (value) => BigInt(value as number), fromDb: Number },
});

/** The key of an index is its rowid. */
function withKey(table: string, declared: Given): Given {
  const own = Object.entries(declared).find(
    ([, field]) => typeof field === "function" || (field instanceof ScalarField && field.options.primaryKey === true),
  );
  if (own === undefined) {
    const kind = { ...plainKinds.integer, type: ROWID, generated: true };
    return { id: new ScalarField(kind, { primaryKey: true, column: "rowid" }), ...declared };
  }
  throw new ConfigurationError(
    `Fts5("${table}"): "${own[0]}" cannot be there: an index has texts, and a key of its own, "id". Rows of other models ` +
      `stand beside it by join(Note.alias("note"), { note__id: F("id") }).`,
  );
}

/** The path of a column of the index: of the queryset's own rows, or behind a relation to it. */
function placeAt(table: string, name: string, through: unknown): FtsPlace {
  if (through === undefined) return { table, path: name };
  if (typeof through === "string" && through !== "") return { table, path: `${through}__${name}` };
  throw new FieldError(`through is the path of a relation to the index, such as "search", got ${printable(through)}.`);
}

interface Hit {
  readonly open?: unknown;
  readonly close?: unknown;
  readonly through?: unknown;
}

function declare(table: string, declared: Given, options: Given = {}): unknown {
  const own = Object.fromEntries(OWN.filter((name) => name in options).map((name) => [name, options[name]]));
  const rest = Object.fromEntries(
    Object.entries(options).filter(([name]) => !(OWN as readonly string[]).includes(name)),
  );
  const form = formOf(table, declared, own);
  const Base = Model(table, withKey(table, declared), { ...rest, table: ftsForm(form) } as never);
  return Object.assign(Base, statics(table, form));
}

/** What the class of an index has, beside what every model has. */
function statics(table: string, { fields: names }: FtsForm) {
  const [first] = names as readonly [string];
  return {
    match(text: unknown, options: Given = {}): QExpression {
      const given = optionsOf<{ mode?: unknown; columns?: unknown; through?: unknown }>(
        options,
        ["mode", "columns", "through"],
        "match",
      );
      const columns = given.columns === undefined ? null : namesAmong(names, given.columns, "match: columns");
      const inSql = columns === null ? null : columns.map((name) => columnNamed(this, name));
      const query = matchText(text, given.mode ?? "words", inSql, "match");
      return matchExpression(placeAt(table, first, given.through), query);
    },
    rank(options: { through?: unknown } = {}): Expression {
      const { through } = optionsOf<{ through?: unknown }>(options, ["through"], "rank");
      return bm25Expression(placeAt(table, first, through), []);
    },
    bm25(weights: Given = {}, options: { through?: unknown } = {}): Expression {
      const { through } = optionsOf<{ through?: unknown }>(options, ["through"], "bm25");
      for (const name of Object.keys(weights)) placeOf(names, name, "bm25");
      const list = names.map((name) => weightOf(weights[name], name));
      return bm25Expression(placeAt(table, first, through), list);
    },
    highlight(column: unknown, options: Hit = {}): Expression {
      const {
        open = "<b>",
        close = "</b>",
        through,
      } = optionsOf<Hit>(options, ["open", "close", "through"], "highlight");
      const place = placeOf(names, column, "highlight");
      return highlightExpression(placeAt(table, first, through), place, open, close);
    },
    snippet(column: unknown, options: Hit & { ellipsis?: unknown; tokens?: unknown } = {}): Expression {
      const known = ["open", "close", "ellipsis", "tokens", "through"] as const;
      const given = optionsOf<Hit & { ellipsis?: unknown; tokens?: unknown }>(options, known, "snippet");
      const { open = "<b>", close = "</b>", ellipsis = "…", tokens = 16, through } = given;
      const place = column === null ? -1 : placeOf(names, column, "snippet");
      return snippetExpression(placeAt(table, first, through), place, { open, close, ellipsis, tokens });
    },
    rebuild(): Promise<void> {
      return command(this, "rebuild");
    },
    optimize(): Promise<void> {
      return command(this, "optimize");
    },
    async integrityCheck(): Promise<boolean> {
      try {
        await command(this, "integrity-check");
        return true;
      } catch (error) {
        if (error instanceof DatabaseError && String(error.code).startsWith("SQLITE_CORRUPT")) return false;
        throw error;
      }
    },
  };
}

function columnNamed(model: unknown, field: string): string {
  return metaOf(model).columns.find((column) => column.field === field)?.name ?? field;
}

function weightOf(weight: unknown, name: string): number {
  if (weight === undefined) return 1;
  if (typeof weight === "number" && Number.isFinite(weight)) return weight;
  throw new FieldError(`bm25: the weight of ${name} is a number, got ${printable(weight)}.`);
}

/** Commands are rows put into the column that has the table's name; a check compares with the content, too. */
async function command(model: unknown, name: string): Promise<void> {
  const meta = metaOf(model);
  const database = databaseOf(meta, "write");
  if (!database.isConnected) await database.open();
  const table = meta.schema === null ? sql.table(meta.table) : sql.table(`${meta.schema}.${meta.table}`);
  const values = name === "integrity-check" ? sql`(${name}, 1)` : sql`(${name})`;
  const columns = name === "integrity-check" ? sql`(${sql.ref(meta.table)}, rank)` : sql`(${sql.ref(meta.table)})`;
  await sql`insert into ${table} ${columns} values ${values}`.execute(statementRunnerOf(database) as never);
}

export const Fts5: Fts5Factory = declare as unknown as Fts5Factory;
