import { setTimeout as sleep } from "node:timers/promises";
import type { Connection, Replication, Row, Standing } from "../ports/index.js";

const STANDING =
  "select not pg_is_in_recovery(), (select system_identifier from pg_control_system())::text, " +
  "case when pg_is_in_recovery() then '0' else substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8) end";
/** What is written, if not flushed: a commit need not wait for that. */
const POSITION = "select pg_current_wal_insert_lsn()::text";
const REACHED = "select pg_last_wal_replay_lsn() >= $1::pg_lsn";

/** Streaming replication. */
export const postgresReplication: Replication = {
  async standing(connection): Promise<Standing> {
    const [takesWrites, family, timeline] = await ask(connection, STANDING);
    return {
      takesWrites: takesWrites === true,
      family: String(family),
      generation: Number.parseInt(String(timeline), 16),
    };
  },

  async position(connection) {
    return String((await ask(connection, POSITION))[0]);
  },

  /** A server that replays nothing answers with null: there is nothing to wait for. */
  async hasReached(connection, position, milliseconds) {
    const deadline = performance.now() + milliseconds;
    for (let pause = 1; ; pause = Math.min(pause * 2, 20)) {
      const [reached] = await ask(connection, REACHED, [position]);
      if (reached !== false) return reached === true;
      const left = deadline - performance.now();
      if (left <= 0) return false;
      await sleep(Math.min(pause, left));
    }
  },

  refusesWrites: (code) => code === "25006",
  refusesGuests: (code) => typeof code === "string" && /^(?:28|3D|53)/.test(code),
};

async function ask(connection: Connection, sql: string, parameters: readonly unknown[] = []): Promise<Row> {
  const statement = { sql, returnsRows: true, wideIntegers: false, named: false };
  return (await connection.execute(statement, parameters)).rows[0] as Row;
}
