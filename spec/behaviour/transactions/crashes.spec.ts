import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { sql } from "kysely";
import { Database, OperationalError, TransactionError } from "dunder-orm";
import { bundle, ROOT } from "../../../bench/bundle.js";
import { checkRounds, Mark, writeRounds } from "../../support/crash-rounds.js";
import { optionsOfDriver } from "../../support/drivers.js";
import { placeAliases } from "../../support/place-aliases.js";
import { MYSQL_OR_MARIADB, startMysqlOrMariadb } from "../../support/servers/mysql-or-mariadb.js";
import { startPostgres } from "../../support/servers/postgres.js";
import type { StartedServer } from "../../support/servers/started-server.js";

/** How often each is killed; the long run takes 100. */
const KILLS = Number(process.env["DUNDER_TEST_KILLS"] ?? 20);
const MINUTES = 60_000 + KILLS * 6000;

const soon = (longest: number): Promise<void> => sleep(Math.random() * longest);

describe.skipIf(inject("sqliteIsSkipped"))("A process that is killed while it writes to SQLite", () => {
  let folder = "";
  let programs = "";
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "dunder-crash-"));
    programs = await mkdtemp(join(ROOT, "node_modules", ".dunder-crash-"));
    await bundle({ writer: join(ROOT, "spec/support/crash-writer.ts") }, programs);
    await placeAliases(programs);
  });
  afterAll(async () => {
    for (const path of [folder, programs]) await rm(path, { recursive: true, force: true });
  });

  /** Kills the writer at some time after its first round; gives the last round that it told of. */
  async function killed(file: string, first: number): Promise<number> {
    const child = spawn(process.execPath, [join(programs, "writer.js"), file, String(first)], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let last = first - 1;
    const lines = createInterface({ input: child.stdout });
    lines.on("line", (line) => (last = Number(line)));
    const gone = once(child, "exit");
    await Promise.race([once(lines, "line"), gone]);
    await soon(60);
    child.kill("SIGKILL");
    const [, signal] = (await gone) as [number | null, string];
    expect(signal).toBe("SIGKILL");
    if (child.stdout.readable) await once(lines, "close");
    return last;
  }

  it("leaves all of what was done and all or nothing of the rest", { timeout: MINUTES }, async () => {
    const file = join(folder, "crash.sqlite");
    let first = 0;
    for (let kill = 0; kill < KILLS; kill += 1) {
      const last = await killed(file, first);
      await using db = new Database(`sqlite:${file}`, await optionsOfDriver("sqlite"));
      expect(await checkRounds(db, first, last)).toEqual([]);
      expect(await db.execute(sql`pragma integrity_check`)).toEqual([{ integrity_check: "ok" }]);
      first = (Math.floor(last / 3) + 2) * 3;
    }
    expect(first).toBeGreaterThan(KILLS);
  });
});

const servers = [
  { name: "PostgreSQL", start: startPostgres, skipped: inject("postgresUrl") === null },
  { name: MYSQL_OR_MARIADB, start: startMysqlOrMariadb, skipped: inject("mysqlUrl") === null },
];

for (const { name, start, skipped } of servers) {
  describe.skipIf(skipped)(`A ${name} server that is killed`, () => {
    let server: StartedServer;
    beforeAll(async () => (server = await start({ durability: "durable" })));
    afterAll(() => server?.stop());

    it("keeps all of what was done and all or nothing of the rest", { timeout: MINUTES }, async () => {
      await using db = new Database(server.url, { pool: { max: 2 } });
      Mark.bind(db);
      await db.createTables([Mark]);
      let first = 0;
      for (let kill = 0; kill < KILLS; kill += 1) {
        let last = first - 1;
        const writing = writeRounds(db, first, (round) => (last = round)).catch((error: unknown) => error);
        await soon(120);
        await server.crash();
        const error = await writing;
        expect(error).toSatisfy((thrown) => thrown instanceof OperationalError || thrown instanceof TransactionError);
        expect(await checkRounds(db, first, last)).toEqual([]);
        first = (Math.floor(Math.max(last, 0) / 3) + 2) * 3;
      }
    });
  });
}
