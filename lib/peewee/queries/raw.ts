import { sql } from "kysely";
import { FieldError } from "../../errors/index.js";
import type { Database } from "../../objects/instances/database.js";
import type { RawRows } from "../../objects/reading/raw-rows.js";
import type { RawSql } from "../../types/index.js";
import { printable } from "../../util/printable.js";
import { sqlParts } from "../../util/readable-sql.js";

type Read = (text: RawSql) => Promise<unknown[]>;

/** A query of one's own, documented where it is typed. */
export class RawQuery {
  readonly #text: RawSql;
  readonly #read: Read;
  readonly #database: () => Database;

  constructor(text: RawSql, database: () => Database, read: Read) {
    this.#text = text;
    this.#database = database;
    this.#read = read;
  }

  static of(text: RawSql, database: () => Database, rows: (text: RawSql) => RawRows): RawQuery {
    return new RawQuery(text, database, (given) => rows(given).all());
  }

  #as(change: (row: Record<string, unknown>) => unknown): RawQuery {
    const database = this.#database;
    const read: Read = async (text) => {
      const rows = await database().execute<Record<string, unknown>>(text as never);
      return rows.map(change);
    };
    return new RawQuery(this.#text, database, read);
  }

  dicts(): RawQuery {
    return this.#as((row) => row);
  }

  tuples(): RawQuery {
    return this.#as((row) => Object.values(row));
  }

  async execute(): Promise<unknown[]> {
    return this.#read(this.#text);
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
  if (typeof (given as Partial<RawSql> | null | undefined)?.toOperationNode === "function") return given as RawSql;
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
