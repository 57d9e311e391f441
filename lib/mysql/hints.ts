import { mysqlEngine } from "../databases/mysql/engine.js";
import { FieldError, NotSupportedError } from "../errors/index.js";
import type { ModelMeta } from "../models/index.js";
import { Refinable, REFINED } from "../objects/querysets/refinable.js";
import { changed, type Hint, type Query, QUERY } from "../query/index.js";
import { indexNames } from "../schema/unique-names.js";
import { printable } from "../util/printable.js";
import { didYouMean } from "../util/suggest.js";
import { onlyMysql } from "./only-mysql.js";

/** For what an index hint is meant: for finding rows, joining them, ordering or grouping. For all of it unless given. */
export interface IndexHintOptions {
  readonly for?: "join" | "orderBy" | "groupBy";
  /** False for indexes that the model does not declare, and somebody made by hand. */
  readonly declared?: boolean;
}

type Action = "USE" | "FORCE" | "IGNORE";

const PURPOSES: Readonly<Record<string, string>> = {
  join: " FOR JOIN",
  orderBy: " FOR ORDER BY",
  groupBy: " FOR GROUP BY",
};
const LONGEST_NAME = 64;

/**
 * Has the server choose among these indexes of the queryset's own table, or none where the list is empty. What the query
 * gives stays the same. Indexes go by their names in the database, which must be the model's; the primary key's is
 * "PRIMARY".
 *
 * @example
 * ```ts no-run
 * await useIndex(Track.objects.filter({ title: "Malibu" }), "track_title_idx").all();
 * // SELECT … FROM `track` USE INDEX (`track_title_idx`) WHERE `track`.`title` = 'Malibu'
 * ```
 * @throws FieldError for what is no index of the model's, and beside `forceIndex`; NotSupportedError, when it runs, on other engines.
 */
export function useIndex<Q>(queryset: Q, indexes: string | readonly string[], options: IndexHintOptions = {}): Q {
  return withIndexHint(queryset, "USE", indexes, options);
}

/**
 * The same, and a scan of the whole table counts as very expensive.
 *
 * @example
 * ```ts no-run
 * await forceIndex(Track.objects.orderBy("title"), ["track_title_idx"], { for: "orderBy" }).all();
 * // SELECT … FROM `track` FORCE INDEX FOR ORDER BY (`track_title_idx`) ORDER BY `track`.`title`
 * ```
 */
export function forceIndex<Q>(queryset: Q, indexes: string | readonly string[], options: IndexHintOptions = {}): Q {
  return withIndexHint(queryset, "FORCE", indexes, options);
}

/**
 * Keeps the server from these indexes.
 *
 * @example
 * ```ts no-run
 * await ignoreIndex(Track.objects.filter({ position__gt: 3 }), "track_position_idx").count();
 * // SELECT count(*) FROM `track` IGNORE INDEX (`track_position_idx`) WHERE `track`.`position` > 3
 * ```
 */
export function ignoreIndex<Q>(queryset: Q, indexes: string | readonly string[], options: IndexHintOptions = {}): Q {
  return withIndexHint(queryset, "IGNORE", indexes, options);
}

/** What MySQL's optimizer can be told, by name. */
const OPTIMIZER_HINTS = [
  ..."BKA NO_BKA BNL NO_BNL DERIVED_CONDITION_PUSHDOWN NO_DERIVED_CONDITION_PUSHDOWN HASH_JOIN NO_HASH_JOIN".split(" "),
  ..."INDEX NO_INDEX GROUP_INDEX NO_GROUP_INDEX JOIN_INDEX NO_JOIN_INDEX ORDER_INDEX NO_ORDER_INDEX".split(" "),
  ..."INDEX_MERGE NO_INDEX_MERGE JOIN_FIXED_ORDER JOIN_ORDER JOIN_PREFIX JOIN_SUFFIX MAX_EXECUTION_TIME".split(" "),
  ..."MERGE NO_MERGE MRR NO_MRR NO_ICP NO_RANGE_OPTIMIZATION QB_NAME RESOURCE_GROUP SEMIJOIN NO_SEMIJOIN".split(" "),
  ..."SET_VAR SKIP_SCAN NO_SKIP_SCAN SUBQUERY".split(" "),
];
// Neither quotes nor what could end the comment.
const HINT = /^([A-Z_]+)(\(\s*[\w$@.,=\s]*\))?$/i;

/**
 * Tells MySQL's optimizer how to run a query: hints by the names of MySQL's manual, in its words. MariaDB would pass over
 * them in silence, and refuses them here.
 *
 * @example
 * ```ts no-run
 * await optimizerHints(Track.objects.filter({ album: 1 }), "MAX_EXECUTION_TIME(500)", "NO_RANGE_OPTIMIZATION(track)").all();
 * // SELECT, the two hints as a comment for the optimizer, … FROM `track` WHERE `track`.`album_id` = 1
 * ```
 * @throws FieldError for what is no such hint; NotSupportedError, when it runs, on other engines and on MariaDB.
 */
export function optimizerHints<Q>(queryset: Q, ...hints: readonly [string, ...string[]]): Q {
  const { name } = queryOf(queryset, "optimizerHints").model;
  if (hints.length === 0) throw new FieldError(`${name}: optimizerHints(queryset, …hints) takes at least one hint.`);
  for (const hint of hints) checkHint(name, hint);
  const text = `/*+ ${hints.join(" ")} */`;
  return hinted(queryset, "optimizerHints", {
    place: "front",
    sql: (engine) => {
      onlyMysql(engine, "optimizerHints(…)", "Leave the hints out, or ask for them by db.engine on MySQL alone.");
      if (engine.label === "MySQL") return text;
      throw new NotSupportedError(
        `optimizerHints(…) is MySQL's, and ${engine.label} would pass over them in silence.`,
        {
          hint: "useIndex(…), forceIndex(…) and ignoreIndex(…) are there on both.",
        },
      );
    },
  });
}

function checkHint(model: string, hint: unknown): void {
  const [, name] = (typeof hint === "string" ? HINT.exec(hint) : null) ?? [];
  if (name !== undefined && OPTIMIZER_HINTS.includes(name.toUpperCase())) return;
  if (name !== undefined) {
    throw new FieldError(
      `${model}: optimizerHints: MySQL has no hint "${name}".${didYouMean(name.toUpperCase(), OPTIMIZER_HINTS)}`,
    );
  }
  throw new FieldError(
    `${model}: optimizerHints: a hint is a name such as "NO_ICP(track)" with tables, indexes and numbers in brackets, ` +
      `got ${printable(hint)}.`,
  );
}

function withIndexHint<Q>(queryset: Q, action: Action, given: unknown, options: IndexHintOptions): Q {
  const method = `${action.toLowerCase()}Index`;
  const { model, hints } = queryOf(queryset, method);
  const names: readonly unknown[] = Array.isArray(given) ? given : [given];
  for (const name of names) checkName(model.name, method, name);
  const purpose = purposeOf(model.name, method, options);
  if (options.declared !== false) checkDeclared(model, method, names as readonly string[]);
  if (names.length === 0 && action !== "USE") {
    throw new FieldError(`${model.name}: ${method}(queryset, indexes) takes at least one index.`);
  }
  refuseMixed(model.name, action, hints);
  const list = names.map((name) => `\`${(name as string).replaceAll("`", "``")}\``).join(", ");
  const text = `${action} INDEX${purpose} (${list})`;
  return hinted(queryset, method, {
    place: "table",
    sql: (engine) => {
      onlyMysql(engine, `${method}(…)`, "Leave the hint out: other engines choose indexes by themselves.");
      return text;
    },
  });
}

function checkName(model: string, method: string, name: unknown): void {
  const isName = typeof name === "string" && name !== "" && name.length <= LONGEST_NAME && !/\p{Cc}/u.test(name);
  if (isName) return;
  throw new FieldError(`${model}: ${method}(queryset, indexes) takes names of indexes, got ${printable(name)}.`);
}

/** The server would refuse it when the query runs, and not say which there are. */
function checkDeclared(model: ModelMeta, method: string, names: readonly string[]): void {
  if (model.options.managed === false) return;
  const known = indexesOf(model);
  // Names of indexes know no case.
  const there = new Set(known.map((name) => name.toLowerCase()));
  const unknown = names.find((name) => !there.has(name.toLowerCase()));
  if (unknown === undefined) return;
  throw new FieldError(
    `${model.name}: ${method}(queryset, indexes): ${model.name} declares no index "${unknown}".` +
      `${didYouMean(unknown, known)} There are: ${known.join(", ")}. One that was made by hand is named with { declared: false }.`,
  );
}

function indexesOf(model: ModelMeta): readonly string[] {
  const known = (model.memo.get("mysql indexes") as readonly string[] | undefined) ?? indexNames(mysqlEngine, model);
  model.memo.set("mysql indexes", known);
  return known;
}

function purposeOf(model: string, method: string, options: unknown): string {
  if (options === null || typeof options !== "object") {
    throw new FieldError(
      `${model}: ${method}: options are an object such as { for: "join" }, got ${printable(options)}.`,
    );
  }
  const unknown = Object.keys(options).find((name) => name !== "for" && name !== "declared");
  if (unknown !== undefined)
    throw new FieldError(`${model}: ${method} takes no option "${unknown}". Options: for, declared.`);
  const { for: purpose, declared = true } = options as { readonly for?: unknown; readonly declared?: unknown };
  if (typeof declared !== "boolean") {
    throw new FieldError(`${model}: ${method}: declared is true or false, got ${printable(declared)}.`);
  }
  if (purpose === undefined) return "";
  if (typeof purpose === "string" && Object.hasOwn(PURPOSES, purpose)) return PURPOSES[purpose] as string;
  throw new FieldError(`${model}: ${method}: for is "join", "orderBy" or "groupBy", got ${printable(purpose)}.`);
}

/** The server would refuse that, in words that name neither. */
function refuseMixed(model: string, action: Action, hints: readonly Hint[]): void {
  const other = action === "USE" ? "FORCE" : action === "FORCE" ? "USE" : null;
  if (other === null || !hints.some((hint) => textOf(hint).startsWith(other))) return;
  throw new FieldError(`${model}: useIndex(…) and forceIndex(…) cannot both be said of one query.`);
}

function textOf(hint: Hint): string {
  return hint.place === "table" ? hint.sql({ name: "mysql", label: "MySQL" }) : "";
}

function queryOf(queryset: unknown, method: string): Query {
  if (!(queryset instanceof Refinable)) {
    throw new FieldError(`${method}(queryset, …) takes a queryset or a manager, got ${printable(queryset)}.`);
  }
  const query = queryset[QUERY];
  if (query.source === null) return query;
  throw new FieldError(
    `${query.model.name}: ${method}(queryset, …) is about a table, and these rows are of other querysets.`,
  );
}

function hinted<Q>(queryset: Q, method: string, hint: Hint): Q {
  const query = queryOf(queryset, method);
  const key = `${query.key}hint ${JSON.stringify(hint.sql({ name: "mysql", label: "MySQL" }))};`;
  return (queryset as Q & Refinable)[REFINED](changed(query, { key, hints: [...query.hints, hint] }));
}
