import { type RawBuilder, sql } from "kysely";
import { FieldError } from "../../errors/index.js";
import { run } from "../../execute/index.js";
import type { Database } from "../../objects/instances/database.js";
import type { QuerySetBase } from "../../objects/querysets/query-set.js";
import { QUERY } from "../../query/index.js";
import { DATABASE } from "../../objects/querysets/refinable.js";
import type { RawSql } from "../../types/index.js";
import { printable } from "../../util/printable.js";
import { isSql } from "../options.js";
import { sqlParts } from "../../util/readable-sql.js";

/** How rows come: those of the model, or plain ones. */
type Shape = "rows" | "dicts" | "tuples";

/** A query of one's own, documented where it is typed. */
export class RawQuery {
  readonly #base: QuerySetBase;
  readonly #text: RawSql;
  readonly #shape: Shape;

  constructor(base: QuerySetBase, text: RawSql, shape: Shape = "rows") {
    this.#base = base;
    this.#text = text;
    this.#shape = shape;
  }

  using(database: unknown): RawQuery {
    return new RawQuery(this.#base.using(database), this.#text, this.#shape);
  }

  dicts(): RawQuery {
    return new RawQuery(this.#base, this.#text, "dicts");
  }

  tuples(): RawQuery {
    return new RawQuery(this.#base, this.#text, "tuples");
  }

  async execute(): Promise<unknown[]> {
    if (this.#shape === "rows") return this.#base.raw(this.#text).all();
    const database = this.#base[DATABASE] as Database;
    return this.#shape === "dicts" ? database.execute(this.#text as never) : this.#lists(database);
  }

  /** Values as they stand: of columns with one name an object would have one. */
  async #lists(database: Database): Promise<unknown[]> {
    if (!database.isConnected) await database.open();
    const { sql: text, parameters } = (this.#text as RawBuilder<unknown>).compile(database.kysely);
    const statement = { sql: text, returnsRows: true, wideIntegers: false, named: true };
    const { rows } = await run(database, {
      statement,
      parameters: [...parameters],
      model: this.#base[QUERY].model.name,
    });
    return rows.map((row) => [...row]);
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
