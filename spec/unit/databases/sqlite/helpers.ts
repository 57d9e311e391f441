import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type OperationNode, type RootOperationNode, ValueNode } from "kysely";
import { afterEach } from "vitest";
import { sqlNode } from "../../../../lib/databases/nodes.js";
import { sqliteEngine } from "../../../../lib/databases/sqlite/engine.js";
import type { Connection, EngineOptions, Pool, QueryResult, Row } from "../../../../lib/databases/ports/index.js";

const pools: Pool[] = [];
const folders: string[] = [];

afterEach(async () => {
  await Promise.all(pools.splice(0).map((pool) => pool.close()));
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

/** A folder of one's own, removed after the test. */
export function folder(): string {
  folders.push(mkdtempSync(join(tmpdir(), "sqlite-spec-")));
  return folders.at(-1)!;
}

/** A pool closed after the test. */
export function openPool(
  database = ":memory:",
  driverOptions: Readonly<Record<string, unknown>> = {},
  options: EngineOptions = {},
): Pool {
  pools.push(sqliteEngine.createPool({ scheme: "sqlite", database, driverOptions }, options));
  return pools.at(-1)!;
}

interface Wanted {
  readonly wide?: boolean;
  readonly named?: boolean;
}

export async function run(
  connection: Connection,
  sql: string,
  parameters: readonly unknown[] = [],
  { wide = false, named = false }: Wanted = {},
): Promise<QueryResult> {
  return connection.execute({ sql, returnsRows: false, wideIntegers: wide, named }, parameters);
}

export async function rows(...call: Parameters<typeof run>): Promise<readonly Row[]> {
  return (await run(...call)).rows;
}

export function parameter(value: unknown): OperationNode {
  return ValueNode.create(value);
}

/** The first row of SELECT with this node as its only column. */
export async function valueOf(connection: Connection, node: OperationNode): Promise<unknown> {
  const query = sqlNode`select ${node}` as RootOperationNode;
  const { sql, parameters } = sqliteEngine.createCompiler().compileQuery(query, { queryId: "spec" });
  return (await rows(connection, sql, parameters))[0]![0];
}
