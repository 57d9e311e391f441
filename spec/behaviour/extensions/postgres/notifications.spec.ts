import { sql } from "kysely";
import { expect, it } from "vitest";
import { ConnectionError, DataError } from "dunder-orm";
import { listen, type Listener, type Notification, notify } from "dunder-orm/postgres";
import { useDatabase } from "../../../support/engines.js";
import { expectRefusal, onOthers, onPostgres } from "./only.js";

async function first(listener: Listener, count: number): Promise<string[]> {
  const texts: string[] = [];
  for await (const { channel, payload } of listener) {
    texts.push(`${channel}: ${payload}`);
    if (texts.length === count) break;
  }
  return texts;
}

onPostgres("Notifications", (engine) => {
  const use = useDatabase(engine, []);
  const listeners = async () => {
    const [row] = await use.db.execute(
      sql<{
        n: number;
      }>`select count(*)::int as n from pg_stat_activity where query like 'LISTEN%' and datname = current_database()`,
    );
    return row?.n;
  };
  const untilNobodyListens = async () => {
    while ((await listeners()) !== 0) await new Promise((resolve) => setTimeout(resolve, 10));
  };
  const endConnections = () =>
    use.db.execute(
      sql`select pg_terminate_backend(pid) from pg_stat_activity where query like 'LISTEN%' and datname = current_database()`,
    );

  it("come in their order, from all channels listened to and no others", async () => {
    const listener = await listen(use.db, ["jobs", 'odd "name" é']);
    await notify(use.db, "jobs", "1");
    await notify(use.db, "other", "2");
    await notify(use.db, 'odd "name" é', "dreißig 👍 'quoted'");
    await notify(use.db, "jobs");
    expect(await first(listener, 3)).toEqual(["jobs: 1", `odd "name" é: dreißig 👍 'quoted'`, "jobs: "]);
    await untilNobodyListens();
  });

  it("are told when the transaction commits, and not when it does not", async () => {
    await using listener = await listen(use.db, "tx");
    await use.db
      .atomic(async () => notify(use.db, "tx", "undone").then(() => Promise.reject(new Error())))
      .catch(() => 0);
    await use.db.atomic(async () => notify(use.db, "tx", "kept"));
    expect(await first(listener, 1)).toEqual(["tx: kept"]);
  });

  it("survive the loss of the connection", async () => {
    const again = withResolvers();
    const listener = await listen(use.db, "lossy", { onReconnect: () => again.resolve(undefined) });
    const told = listener[Symbol.asyncIterator]();
    await notify(use.db, "lossy", "before");
    // A server that ends a session does not send it first what it was to be told.
    expect((await told.next()).value?.payload).toBe("before");
    await endConnections();
    await again.promise;
    await notify(use.db, "lossy", "after");
    expect((await told.next()).value?.payload).toBe("after");
    await listener.close();
    await untilNobodyListens();
  });

  it("end with an error where nobody wants another connection", async () => {
    const listener = await listen(use.db, "fragile", { reconnect: false });
    await notify(use.db, "fragile", "one");
    const heard: Notification[] = [];
    const loop = (async () => {
      for await (const notification of listener) {
        heard.push(notification);
        await endConnections();
      }
    })();
    await expect(loop).rejects.toThrow(ConnectionError);
    expect(heard).toHaveLength(1);
    expect(heard[0]?.processId).toBeGreaterThan(0);
  });

  it("end cleanly: by close(), by a signal, by leaving the loop, and with the database", async () => {
    const closed = await listen(use.db, "a");
    const waiting = first(closed, 1);
    await closed.close();
    await closed.close();
    expect(await waiting).toEqual([]);
    const controller = new AbortController();
    const signalled = await listen(use.db, "a", { signal: controller.signal });
    const looping = first(signalled, 1);
    controller.abort();
    expect(await looping).toEqual([]);
    const late = await listen(use.db, "a", { signal: AbortSignal.abort() });
    expect(await first(late, 1)).toEqual([]);
    await untilNobodyListens();
    const db = await engine.database();
    const open = await listen(db, "a");
    const ending = first(open, 1);
    await db.close();
    expect(await ending).toEqual([]);
    await expect(listen(db, "a")).rejects.toThrow(ConnectionError);
  });

  it("wait for a slow loop, however many they are", async () => {
    const listener = await listen(use.db, "many");
    await use.db.execute(sql`select pg_notify('many', n::text) from generate_series(1, 5000) n`);
    const texts = await first(listener, 5000);
    expect(texts[0]).toBe("many: 1");
    expect(texts.at(-1)).toBe("many: 5000");
    expect(new Set(texts).size).toBe(5000);
  });

  it("refuse what is no channel and no text", async () => {
    for (const name of ["", "x".repeat(64), "é".repeat(32), 7, null, undefined, "a\0b"]) {
      await expect(listen(use.db, name as never)).rejects.toThrow(/channel/);
      await expect(notify(use.db, name as never)).rejects.toThrow(/channel/);
    }
    await expect(listen(use.db, [])).rejects.toThrow(/expected the name of a channel/);
    await expect(listen(use.db, "a", { reconect: true } as never)).rejects.toThrow(/Did you mean "reconnect"/);
    await expect(notify(use.db, "a", { id: 1 } as never)).rejects.toThrow(/JSON\.stringify/);
    await expect(notify(use.db, "a", "x".repeat(8000))).rejects.toThrow(DataError);
  });
});

function withResolvers() {
  let resolve!: (value: unknown) => void;
  const promise = new Promise((done) => (resolve = done));
  return { promise, resolve };
}

onOthers("Notifications", (engine) => {
  const use = useDatabase(engine, []);

  it("are refused by name", async () => {
    await expectRefusal(() => listen(use.db, "x"), /listen/);
    await expectRefusal(() => notify(use.db, "x"), /notify/);
  });
});
