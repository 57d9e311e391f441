import type { EventEmitter } from "node:events";
import { ConfigurationError, ConnectionError } from "../../errors/index.js";
import {
  hungUp,
  noTls,
  refusedLogIn,
  type Target,
  unknownDatabase,
  unreachable,
  untrusted,
} from "../network-errors.js";
import { printable } from "../../util/printable.js";
import type { ConnectionConfig, EngineOptions } from "../ports/index.js";
import { PostgresConnection } from "./connection.js";
import { createClient, type PgClient, type PgConfig } from "./driver.js";
import { isLost, translatePostgresError } from "./errors.js";
import type { NamingPolicy } from "./named-statements.js";
import { refusedParameter, refusedStartup, type SessionPolicy } from "./session.js";

/** What the server says of a setting. */
interface Parameter {
  readonly parameterName: string;
  readonly parameterValue: string;
}

const CONNECT_TIMEOUT = 10_000;
const TLS = { off: "sslmode=disable", unchecked: "sslmode=no-verify in the URL" };
const SSL_MODES = ["disable", "no-verify", "prefer", "require", "verify-ca", "verify-full"];

/** What the connections of a pool have in common. */
export interface PoolPolicies {
  readonly naming: NamingPolicy;
  readonly session: SessionPolicy;
}

/** Opens a session, set up by start-up parameters so that it costs no further round trip. */
export async function connectPostgres(
  config: ConnectionConfig,
  options: EngineOptions,
  { naming, session }: PoolPolicies,
  pipeline = false,
): Promise<PostgresConnection> {
  const client = await createClient({ ...clientConfig(config, options), pipeline }, session.parameters);
  const connection = new PostgresConnection(client, naming);
  const reported = new Map<string, string>();
  (client.connection as EventEmitter).on(
    "parameterStatus",
    ({ parameterName: name, parameterValue: value }: Parameter) => reported.set(name, value),
  );
  try {
    await client.connect();
    await session.check(client, reported, options.statementTimeout);
    return connection;
  } catch (error) {
    void client.end().catch(() => undefined);
    if (session.learnsFrom(error)) return connectPostgres(config, options, { naming, session }, pipeline);
    throw connectError(error, targetOf(client));
  }
}

/** Names the database in messages: "PostgreSQL database "music" at db.example:5432". */
export function postgresLabel({ host, port, database }: ConnectionConfig): string {
  return `PostgreSQL database "${database ?? ""}" at ${host ?? "localhost"}:${port ?? 5432}`;
}

function clientConfig(config: ConnectionConfig, options: EngineOptions): PgConfig {
  const { sslmode, options: userOptions, ...driverOptions } = config.driverOptions ?? {};
  checkEncoding(driverOptions.client_encoding);
  const { statementTimeout, connectTimeout = CONNECT_TIMEOUT } = options;
  return {
    application_name: "dunder-orm",
    keepAlive: true,
    ...(typeof sslmode === "string" && { ssl: sslFor(sslmode) }),
    ...driverOptions,
    host: config.host,
    port: config.port,
    user: config.user,
    password: config.password,
    database: config.database,
    connectionTimeoutMillis: connectTimeout,
    ...(statementTimeout !== undefined && { statement_timeout: statementTimeout }),
    ...(typeof userOptions === "string" && { options: userOptions }),
  };
}

/** In any other, letters that it lacks would be lost, and the driver would read the rest wrongly. */
function checkEncoding(encoding: unknown): void {
  if (encoding === undefined || (typeof encoding === "string" && /^utf-?8$/i.test(encoding))) return;
  throw new ConfigurationError(
    `client_encoding in the database's URL is ${printable(encoding)}; it can only be UTF8.`,
    {
      hint: "Leave it out: the server converts what a database of another encoding has.",
    },
  );
}

function sslFor(mode: string): false | { rejectUnauthorized: boolean } {
  if (!SSL_MODES.includes(mode)) {
    throw new ConfigurationError(`sslmode "${mode}" in the database's URL is not known.`, {
      hint: `Choose one of ${SSL_MODES.join(", ")}.`,
    });
  }
  return mode === "disable" ? false : { rejectUnauthorized: mode !== "no-verify" };
}

function targetOf(client: PgClient): Target {
  const { host, port, user, database } = client as PgClient & { host: string };
  return { label: "PostgreSQL", address: host.startsWith("/") ? host : `${host}:${port}`, user, database };
}

function connectError(error: unknown, target: Target): unknown {
  const { code, message } = error as { code?: unknown; message?: string };
  if (message === "timeout expired") return unreachable(Object.assign(error as Error, { code: "ETIMEDOUT" }), target);
  if (typeof code === "string") return codedError(error, target, code, message);
  if (message?.startsWith("SASL:") === true) return refusedLogIn(error, target, "28P01");
  if (message === "The server does not support SSL connections") return noTls(error, target, TLS);
  return isLost(error) ? hungUp(error, target) : otherError(error, target);
}

function codedError(error: unknown, target: Target, code: string, message: string | undefined): unknown {
  if (code.startsWith("28")) return refusedLogIn(error, target, code, logInHint(message));
  // The words of pgbouncer, which has one code for everything.
  const isUnknown =
    code === "3D000" || (code === "08P01" && /^(database .* does not exist|no such database)/.test(message ?? ""));
  if (isUnknown) return unknownDatabase(error, target, code);
  if (code === "53300") return tooManyClients(error, target);
  const refused = refusedParameter(error);
  if (refused !== null) return refusedStartup(error, refused, target.address);
  return otherError(error, target);
}

function otherError(error: unknown, target: Target): unknown {
  return unreachable(error, target) ?? untrusted(error, target, TLS) ?? translatePostgresError(error, {});
}

/** The server says at the end of its words whether it wanted TLS: "…, no encryption". */
function logInHint(message = ""): string | undefined {
  return /no encryption|SSL off/.test(message)
    ? "Its pg_hba.conf has no line for this user, database and address without TLS: try sslmode=require in the URL."
    : undefined;
}

function tooManyClients(cause: unknown, target: Target): ConnectionError {
  return new ConnectionError(`PostgreSQL at ${target.address} has no connection left to give.`, {
    cause,
    code: "53300",
    hint: "Lower pool.max in every process that connects to it, or raise max_connections on the server.",
  });
}
