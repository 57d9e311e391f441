import type { Connection, Replication, Standing } from "../ports/index.js";

interface Words {
  readonly position: string;
  /** Waits for a position, for so many seconds; 0 once it is reached. */
  readonly wait: string;
}

const MYSQL: Words = {
  position: "select @@global.gtid_executed",
  wait: "select wait_for_executed_gtid_set(?, ?)",
};
const MARIADB: Words = {
  position: "select @@global.gtid_binlog_pos",
  wait: "select master_gtid_wait(?, ?)",
};

const READ_ONLY = new Set<unknown>([1290, 1792, 1836]);
const NO_GUESTS = new Set<unknown>([1040, 1044, 1045, 1049, 1129, 1130, 1203, 1226, 1698]);
const OFF = new Set(["0", "OFF"]);

/** Replication by global transaction ids. */
export function mysqlReplication(label: string): Replication {
  const words = label === "MariaDB" ? MARIADB : MYSQL;
  return {
    async standing(connection): Promise<Standing> {
      const isReadOnly = await ask(connection, "select @@global.read_only");
      return { takesWrites: OFF.has(String(isReadOnly)), family: null, generation: 0 };
    },

    /** Empty where the server writes no log with ids in it. */
    async position(connection) {
      const position = await ask(connection, words.position);
      return typeof position === "string" && position !== "" ? position : null;
    },

    async hasReached(connection, position, milliseconds) {
      return Number(await ask(connection, words.wait, [position, milliseconds / 1000])) === 0;
    },

    refusesWrites: (code) => READ_ONLY.has(code),
    refusesGuests: (code) => NO_GUESTS.has(code),
  };
}

async function ask(connection: Connection, sql: string, parameters: readonly unknown[] = []): Promise<unknown> {
  const statement = { sql, returnsRows: true, wideIntegers: false, named: false };
  return (await connection.execute(statement, parameters)).rows[0]?.[0];
}
