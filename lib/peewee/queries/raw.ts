import { sql } from "kysely";
import { FieldError } from "../../errors/index.js";
import type { Database } from "../../objects/instances/database.js";
import type { QuerySetBase } from "../../objects/querysets/query-set.js";
import { DATABASE } from "../../objects/querysets/refinable.js";
import type { RawSql } from "../../types/index.js";
import { printable } from "../../util/printable.js";
import { isSql } from "../options.js";
import { sqlParts } from "../../util/readable-sql.js";

type Change = (row: Record<string, unknown>) => unknown;

/** A query of one's own, documented where it is typed. */
export class RawQuery {
  readonly #base: QuerySetBase;
  readonly #text: RawSql;
  /** What becomes of plain rows; null for rows of the model. */
  readonly #change: Change | null;

  constructor(base: QuerySetBase, text: RawSql, change: Change | null = null) {
    this.#base = base;
    this.#text = text;
    this.#change = change;
  }

  using(database: unknown): RawQuery {
    return new RawQuery(this.#base.using(database), this.#text, this.#change);
  }

  #as(change: Change): RawQuery {
    return new RawQuery(this.#base, this.#text, change);
  }

  dicts(): RawQuery {
    return this.#as((row) => row);
  }

  tuples(): RawQuery {
    return this.#as((row) => Object.values(row));
  }

  async execute(): Promise<unknown[]> {
    if (this.#change === null) return this.#base.raw(this.#text).all();
    const database = this.#base[DATABASE] as Database;
    return (await database.execute<Record<string, unknown>>(this.#text as never)).map(this.#change);
  }

  async first(): Promise<unknown> {
    return (await this.execute())[0] ?? null;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator {
    yield* await this.execute();
  }
}

/** SQL as it was given: as a tagged template, by Kysely's tag, or as a text with a parameter for each `?`. */
export function rawSql(where: string, given: unknown, parameters: readonly unknown[]): RawSql {
  if (isTemplate(given)) return sql(given, ...parameters);
  if (typeof given === "string") return withParameters(where, given, parameters);
  if (isSql(given)) return given;
  throw new FieldError(`${where}(…) takes SQL: a template, sql\`…\`, or a text, got ${printable(given)}.`);
}

function isTemplate(given: unknown): given is TemplateStringsArray {
  return Array.isArray(given) && "raw" in given;
}

function withParameters(where: string, text: string, parameters: readonly unknown[]): RawSql {
  const parts: string[] = [""];
  for (const part of sqlParts(text)) {
    if (part === "?") parts.push("");
    else parts[parts.length - 1] += part;
  }
  if (parts.length - 1 !== parameters.length) {
    throw new FieldError(`${where}(text, …) has ${parts.length - 1} places "?" and ${parameters.length} parameters.`);
  }
  return sql(Object.assign(parts, { raw: parts }), ...parameters);
}
