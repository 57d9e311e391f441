import { MysqlQueryCompiler } from "kysely";
import { NotSupportedError } from "../../errors/index.js";
import { ConnectionPool } from "../pool.js";
import type { Connection, Engine, Row } from "../ports/index.js";
import { connectMysql, mysqlLabel } from "./connect.js";
import { translateMysqlError } from "./errors.js";
import { mysqlExplain } from "./explain.js";
import { mysqlFunctions } from "./expressions.js";
import { mysqlFeatures } from "./features.js";
import { type Flavour, flavourOf, MARIADB, MYSQL, oldestServers } from "./flavour.js";
import { mysqlOperations } from "./operations.js";
import { mysqlSchema } from "./schema.js";
import { mysqlTypes } from "./types.js";

function createEngine(flavour: Flavour): Engine {
  const operations = mysqlOperations(flavour);
  return {
    label: flavour.label,
    name: "mysql",
    features: mysqlFeatures(flavour),
    operations,
    functions: mysqlFunctions(flavour, operations),
    types: mysqlTypes(flavour),
    schema: mysqlSchema(flavour),
    explain: mysqlExplain(flavour),
    createCompiler: () => new MysqlQueryCompiler(),
    createPool: (config, options) =>
      new ConnectionPool({
        label: mysqlLabel(config, flavour),
        create: () => connectMysql(config, options, flavour),
        destroy: (connection) => connection.close(),
        isHealthy: (connection) => connection.isHealthy,
        options: options.pool,
        onPool: options.onPool,
      }),
    identify,
    translateError: (error, context) => translateMysqlError(flavour, error, context),
    checkTimeZone: (connection, timeZone) => checkTimeZone(flavour, connection, timeZone),
  };
}

/** MySQL through `mysql2`. */
export const mysqlEngine: Engine = createEngine(MYSQL);
/** MariaDB through `mysql2`. */
export const mariadbEngine: Engine = createEngine(MARIADB);

/** The URL's scheme does not tell the flavour, only the server does: "mysql://" often leads to MariaDB. */
async function identify(connection: Connection): Promise<Engine> {
  const version = String(await readOne(connection, "select version()", []));
  const flavour = flavourOf(version);
  if (flavour !== null) return engineOf(flavour);
  throw new NotSupportedError(`The server's version ${version} is too old.`, {
    hint: `Use ${oldestServers()}, or newer.`,
  });
}

/** Those of older servers, by what they lack: servers alike have one engine, by which they are known to be alike. */
const older = new Map<string, Engine>();

function engineOf(flavour: Flavour): Engine {
  if (flavour === MYSQL) return mysqlEngine;
  if (flavour === MARIADB) return mariadbEngine;
  const key = JSON.stringify(flavour);
  const known = older.get(key) ?? createEngine(flavour);
  older.set(key, known);
  return known;
}

async function checkTimeZone(flavour: Flavour, connection: Connection, timeZone: string): Promise<void> {
  const sql = "select convert_tz('2000-01-01 00:00:00', '+00:00', ?)";
  if ((await readOne(connection, sql, [timeZone])) !== null) return;
  throw new NotSupportedError(`${flavour.label} does not know the time zone "${timeZone}".`, {
    hint: "Load the server's time-zone tables: mysql_tzinfo_to_sql /usr/share/zoneinfo | mysql -u root mysql",
  });
}

async function readOne(connection: Connection, sql: string, parameters: readonly unknown[]): Promise<unknown> {
  const statement = { sql, returnsRows: true, wideIntegers: false, named: false };
  const { rows } = await connection.execute(statement, parameters);
  return (rows[0] as Row)[0];
}
