import { ConfigurationError } from "../errors/index.js";
import { printable } from "../util/printable.js";
import { didYouMean } from "../util/suggest.js";
import type { ConnectionConfig } from "./ports/index.js";

const TEXTS = ["host", "user", "password", "database"] as const;
const NAMES = ["scheme", "port", "driverOptions", ...TEXTS];

/** Refuses what says nowhere to connect to. A password is never shown, whatever it is. */
export function checkConfig(config: ConnectionConfig): ConnectionConfig {
  if (config === null || typeof config !== "object" || typeof config.scheme !== "string") {
    throw new ConfigurationError(
      `new Database(…) takes a URL such as "sqlite:app.sqlite" or "postgres://user@host/name", a configuration with a ` +
        `scheme, or null; got ${printable(config)}.`,
    );
  }
  const unknown = Object.keys(config).find((name) => !NAMES.includes(name));
  if (unknown !== undefined) {
    throw new ConfigurationError(
      `A database's configuration has no "${unknown}".${didYouMean(unknown, NAMES)} It has: ${NAMES.join(", ")}.`,
      { hint: "What the driver is to be given stands in driverOptions." },
    );
  }
  for (const name of TEXTS) checkText(name, config[name]);
  checkPort(config.port);
  return config;
}

function checkText(name: string, value: unknown): void {
  if (value === undefined || typeof value === "string") return;
  const got = name === "password" ? `a value of type ${typeof value}` : printable(value);
  throw new ConfigurationError(`${name}: expected a string, got ${got}.`);
}

function checkPort(port: unknown): void {
  if (port === undefined || (typeof port === "number" && Number.isInteger(port) && port > 0 && port <= 65_535)) return;
  throw new ConfigurationError(`port: expected a whole number from 1 to 65535, got ${printable(port)}.`);
}
