import { describe, expect } from "vitest";
import { type Database, NotSupportedError } from "dunder-orm";
import { hasExtension } from "dunder-orm/postgres";
import { onEngines, type TestEngine } from "../../../support/engines.js";

/** Declares a suite for PostgreSQL alone. */
export function onPostgres(title: string, body: (engine: TestEngine) => void): void {
  onEngines(title, (engine) => {
    if (engine.name === "postgres") body(engine);
    else describe.skip("PostgreSQL has this", () => undefined);
  });
}

/** Declares a suite for the engines that must refuse what PostgreSQL has. */
export function onOthers(title: string, body: (engine: TestEngine) => void): void {
  onEngines(title, (engine) => {
    if (engine.name !== "postgres") body(engine);
    else describe.skip("PostgreSQL has this", () => undefined);
  });
}

/** Expects a refusal that names the feature and the engine. */
export async function expectRefusal(work: () => unknown, feature: RegExp): Promise<void> {
  const error = await Promise.resolve()
    .then(work)
    .then(
      () => null,
      (thrown: unknown) => thrown,
    );
  expect(error).toBeInstanceOf(NotSupportedError);
  expect((error as Error).message).toMatch(feature);
  expect((error as Error).message).toMatch(/SQLite|MySQL|MariaDB/);
}

/** The keys of a queryset's rows, in their order. */
export async function idsOf(queryset: { all(): Promise<readonly { readonly id: number }[]> }): Promise<number[]> {
  return (await queryset.all()).map(({ id }) => id).sort((a, b) => a - b);
}

/** Whether a server lacks an extension: an error, where there is one with all of them (`DUNDER_TEST_EXTENSIONS=all`). */
export async function lacksExtension(db: Database, name: string): Promise<boolean> {
  if (await hasExtension(db, name)) return false;
  if (process.env["DUNDER_TEST_EXTENSIONS"] !== "all") return true;
  throw new Error(`The server does not have the extension ${name}.`);
}
