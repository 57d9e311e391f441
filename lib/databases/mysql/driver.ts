import type { Connection, ConnectionOptions, FieldPacket, QueryError, TypedParameter } from "mysql2";
import { ConfigurationError } from "../../errors/index.js";
import { loadDriver } from "../load-driver.js";

export type MysqlSession = Connection;
export type MysqlConfig = ConnectionOptions;
export type MysqlField = FieldPacket;
export type MysqlError = QueryError;
/** Marks an integer as one: what is bound as a plain number travels as DOUBLE. */
export type BindInteger = TypedParameter["LONGLONG"];

export interface MysqlDriver {
  readonly createConnection: (config: MysqlConfig) => MysqlSession;
  readonly bindInteger: BindInteger;
}

/** The driver, imported at the first call. */
export async function loadMysql(): Promise<MysqlDriver> {
  const { default: mysql } = await loadDriver("MySQL", "mysql2", () => import("mysql2"));
  const typed = (mysql as { TypedParameter?: TypedParameter }).TypedParameter;
  if (typed === undefined) {
    throw new ConfigurationError("The installed mysql2 is too old: it cannot bind 64-bit integers.", {
      hint: "Run: npm install mysql2@latest",
    });
  }
  return { createConnection: (config) => mysql.createConnection(config), bindInteger: typed.LONGLONG };
}
