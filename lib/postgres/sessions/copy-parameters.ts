import type { Connection } from "../../databases/ports/index.js";
import { wireValues } from "../../databases/postgres/wire-values.js";
import { withPlaces } from "../schema/inlined.js";
import { ask } from "./own-connection.js";

let sets = 0;

/**
 * COPY takes no parameters. They are settings of the session for as long as it runs, which the query reads: so that no
 * value becomes part of SQL. Of each, the server tells what type the query takes it for.
 */
export async function withSettings<T>(
  connection: Connection,
  { sql, parameters }: { readonly sql: string; readonly parameters: readonly unknown[] },
  work: (sql: string) => Promise<T>,
): Promise<T> {
  if (parameters.length === 0) return work(sql);
  const values = wireValues(parameters).map((value) =>
    Buffer.isBuffer(value) ? `\\x${value.toString("hex")}` : value,
  );
  sets += 1;
  const name = (at: number): string => `dunder.copy_${process.pid}_${sets}_${at}`;
  const types = await typesOf(connection, sql);
  const set = values.map((_, at) => `set_config('${name(at)}', coalesce($${at + 1}, ''), false)`).join(", ");
  await ask(connection, `select ${set}`, values);
  try {
    const written = withPlaces(sql, (at) =>
      values[at] === null ? `NULL::${types[at]}` : `current_setting('${name(at)}')::${types[at]}`,
    );
    return await work(written);
  } finally {
    const cleared = values.map((_, at) => `set_config('${name(at)}', '', false)`).join(", ");
    await ask(connection, `select ${cleared}`).catch(() => undefined);
  }
}

/** A statement that is only prepared tells the types of its parameters. */
async function typesOf(connection: Connection, sql: string): Promise<readonly string[]> {
  sets += 1;
  const name = `dunder_copy_${sets}`;
  await ask(connection, `PREPARE ${name} AS ${sql}`);
  try {
    const types = "select array_to_string(parameter_types, '|') from pg_prepared_statements where name = $1";
    return String(await ask(connection, types, [name])).split("|");
  } finally {
    await ask(connection, `DEALLOCATE ${name}`);
  }
}
