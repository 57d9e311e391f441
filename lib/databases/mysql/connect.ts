import type { Socket } from "node:net";
import { ConnectionError } from "../../errors/index.js";
import { mayGenerate } from "../../util/generate.js";
import {
  hungUp,
  noTls,
  refusedLogIn,
  type Target,
  unknownDatabase,
  unreachable,
  untrusted,
} from "../network-errors.js";
import type { ConnectionConfig, EngineOptions } from "../ports/index.js";
import { MysqlConnection } from "./connection.js";
import { loadMysql, type MysqlConfig } from "./driver.js";
import { isLost, translateMysqlError } from "./errors.js";
import type { Flavour } from "./flavour.js";
import { killQuery, opened } from "./kill-query.js";

const CONNECT_TIMEOUT = 10_000;
const PREPARED_STATEMENTS = 256;
const LOG_IN_REFUSED = new Set([1044, 1045, 1130, 1698, 1862]);
const UNKNOWN_DATABASE = 1049;
const TLS = {
  off: "ssl=false",
  unchecked: "driverOptions: { ssl: { rejectUnauthorized: false } } in a configuration",
};
const TOO_MANY = new Set([1040, 1203, 1226]);

const SQL_MODE =
  "STRICT_TRANS_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION," +
  "NO_AUTO_VALUE_ON_ZERO";

/** Bytes of a list that GROUP_CONCAT makes: by itself MySQL cuts it after 1024. No server has a lower limit than this. */
const LONGEST_LIST = 1_073_741_824;

/** Opens a session whose time zone, strictness and character set do not depend on the server's configuration. */
export async function connectMysql(
  config: ConnectionConfig,
  options: EngineOptions,
  flavour: Flavour,
): Promise<MysqlConnection> {
  const driver = await loadMysql();
  const settings = sessionConfig(config, options);
  const session = driver.createConnection(settings);
  const connection = new MysqlConnection(session, driver.bindInteger, (of) =>
    killQuery(() => driver.createConnection(settings), of),
  );
  try {
    await opened(session);
    await connection.setUp(setUpSql(options.statementTimeout ?? 0));
    return connection;
  } catch (error) {
    session.destroy();
    throw connectError(error, targetOf(settings, flavour), flavour);
  }
}

/** Names the database in messages: "MySQL database "music" at db.example:3306". */
export function mysqlLabel({ host, port, database }: ConnectionConfig, { label }: Flavour): string {
  return `${label} database "${database ?? ""}" at ${host ?? "localhost"}:${port ?? 3306}`;
}

/**
 * One round trip. The comments marked `M!` are read by MariaDB only, and those with a version of MySQL's by MySQL only, so
 * that the flavour need not be known yet.
 */
function setUpSql(statementTimeout: number): string {
  const timeout =
    `/*M! , max_statement_time=${statementTimeout / 1000} */ ` +
    `/*!80000 , max_execution_time=${Math.ceil(statementTimeout)} */`;
  return (
    `SET time_zone='+00:00', sql_mode='${SQL_MODE}', group_concat_max_len=${LONGEST_LIST}, ` +
    "NAMES utf8mb4 COLLATE /*M!100203 utf8mb4_nopad_bin */ /*!80017 utf8mb4_0900_bin */ " +
    // Recursive queries of ours all come to an end; MariaDB would cut them short without an error.
    "/*M! , max_recursive_iterations=4294967295 */ /*!80003 , cte_max_recursion_depth=4294967295 */ " +
    (statementTimeout > 0 ? timeout : "")
  );
}

function sessionConfig(config: ConnectionConfig, options: EngineOptions): MysqlConfig {
  const { ssl, ...driverOptions } = config.driverOptions ?? {};
  const kept = options.preparedStatements;
  return {
    maxPreparedStatements: typeof kept === "number" && kept > 0 ? kept : PREPARED_STATEMENTS,
    ...(driverOptions as MysqlConfig),
    ...sslFor(ssl, config),
    host: config.host ?? "localhost",
    port: config.port ?? 3306,
    user: config.user,
    password: config.password,
    database: config.database,
    connectTimeout: options.connectTimeout ?? CONNECT_TIMEOUT,
    // What rows look like is settled here, whatever else the URL says.
    charset: "utf8mb4_general_ci",
    timezone: "Z",
    rowsAsArray: true,
    // The driver's readers are generated code, too.
    disableEval: !mayGenerate(),
    supportBigNumbers: true,
    bigNumberStrings: false,
    decimalNumbers: false,
    dateStrings: true,
    jsonStrings: true,
    typeCast: true,
    nestTables: false,
    namedPlaceholders: false,
    multipleStatements: false,
    flags: ["FOUND_ROWS", options.localInfile === true ? "LOCAL_FILES" : "-LOCAL_FILES"],
  };
}

/** `ssl=true` in a URL means "yes, checked"; another text names one of the driver's profiles. */
function sslFor(ssl: unknown, { host = "localhost", port = 3306 }: ConnectionConfig): Partial<MysqlConfig> {
  if (ssl === undefined || ssl === false || ssl === 0) return {};
  if (typeof ssl === "string") return { ssl };
  // By itself the driver takes a certificate for any other host.
  const checked = { verifyIdentity: true, ...(ssl as object) };
  return process.getBuiltinModule("node:net").isIP(host) === 0
    ? { ssl: checked }
    : { ssl: checked, stream: () => socketTo(host, port) };
}

/** The driver says of no address which one it is, and Node.js then checks for "localhost" unless the socket does. */
function socketTo(host: string, port: number): Socket {
  const socket = process.getBuiltinModule("node:net").createConnection({ host, port, noDelay: true, keepAlive: true });
  return Object.assign(socket, { _host: host });
}

function targetOf({ socketPath, host, port, user, database }: MysqlConfig, { label }: Flavour): Target {
  return { label, address: socketPath ?? `${host}:${port}`, user, database };
}

function connectError(error: unknown, target: Target, flavour: Flavour): unknown {
  const { errno } = error as { errno?: unknown };
  if (typeof errno === "number") {
    if (LOG_IN_REFUSED.has(errno)) return refusedLogIn(error, target, errno);
    if (errno === UNKNOWN_DATABASE) return unknownDatabase(error, target, errno);
    if (TOO_MANY.has(errno)) return tooManyConnections(error, target, errno);
  }
  const { code } = error as { code?: unknown };
  if (code === "HANDSHAKE_NO_SSL_SUPPORT") return noTls(error, target, TLS);
  const known = unreachable(error, target) ?? untrusted(error, target, TLS);
  if (known === null && error instanceof Error && isLost(error, code)) return hungUp(error, target);
  return known ?? translateMysqlError(flavour, error, {});
}

function tooManyConnections(cause: unknown, target: Target, code: number): ConnectionError {
  return new ConnectionError(`${target.label} at ${target.address} has no connection left to give.`, {
    cause,
    code,
    hint: "Lower pool.max in every process that connects to it, or raise max_connections on the server.",
  });
}
