import { inspect } from "node:util";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import * as orm from "dunder-orm";
import { onEngines } from "../../../support/engines.js";
import { commonFaults } from "./common.js";
import { mysqlFaults } from "./mysql.js";
import { postgresFaults } from "./postgres.js";
import { type Fault, NUMBER, Owner, SECRET, Site } from "./site.js";
import { sqliteFaults } from "./sqlite.js";

const OWN = { sqlite: () => sqliteFaults, postgres: () => postgresFaults, mysql: mysqlFaults };

async function failure(work: () => Promise<unknown>): Promise<orm.DatabaseError> {
  try {
    await work();
  } catch (error) {
    return error as orm.DatabaseError;
  }
  throw new Error("It should have failed.");
}

/** Whatever a log may print of an error, and of the driver's error behind it. */
function printed(error: unknown): string {
  if (!(error instanceof Error)) return inspect(error);
  return [error.message, error.stack, JSON.stringify(error), inspect(error, { depth: 9 }), printed(error.cause)].join();
}

onEngines("A fault", (engine) => {
  let site: Site;
  beforeAll(async () => {
    site = await Site.open(engine);
  });
  afterAll(() => site.close());
  beforeEach(() => site.fill());

  const faults = [...commonFaults(engine), ...OWN[engine.name](engine.label)];
  const possible = faults.filter(({ sessions }) => sessions !== true || !engine.isPglite);
  it.each(possible.map((fault) => [fault.name, fault] as const))("%s", async (_, fault: Fault) => {
    const error = await failure(() => fault.raise(site));
    expect(`${error.name}: ${error.message}`).toMatch(new RegExp(`^${fault.error}: `));
    expect(error).toBeInstanceOf(orm[fault.error]);
    if (fault.code !== undefined) expect(error.code).toBe(fault.code);
    if (fault.says !== undefined) expect(error.message).toMatch(fault.says);
    for (const part of ["table", "constraint", "columns"] as const) {
      if (fault[part] !== undefined) expect(error).toMatchObject({ [part]: fault[part] });
    }
    if (fault.sql !== false) expect(error.sql).toMatch(/^\s*[a-z]/i);
    if (fault.cause !== false) expect(error.cause).toBeInstanceOf(Error);
    expect(printed(error)).not.toContain(SECRET);
    expect(printed(error)).not.toContain(String(NUMBER));
    expect(error.stack).toMatch(/errors\/faults\//);
    // Whatever happened, the next query finds a connection that works, outside of any transaction.
    expect(await Owner.objects.filter({ id: 1 }).count()).toBe(1);
    expect(await Owner.objects.count()).toBe(1);
  });
});
