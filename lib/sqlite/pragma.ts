import { ConfigurationError, NotSupportedError } from "../errors/index.js";
import { printable } from "../util/printable.js";
import { didYouMean } from "../util/suggest.js";
import { type Access, onConnection, refuseInBlock } from "./access.js";
import { type Pragma, type PragmaName, PRAGMAS, type PragmaValue, type SettablePragma } from "./pragmas.js";

function pragmaNamed(name: unknown): Pragma {
  if (typeof name === "string" && Object.hasOwn(PRAGMAS, name)) return PRAGMAS[name as PragmaName];
  const names = Object.keys(PRAGMAS);
  throw new ConfigurationError(
    `pragma(${printable(name)}): there is none of that name that holds a value.` +
      `${typeof name === "string" ? didYouMean(name, names) : ""} Pragmas: ${names.join(", ")}.`,
    { hint: "Others are SQL: db.execute(sql`PRAGMA …`)." },
  );
}

/** Gives what a pragma holds on the connection that writes. */
export async function readPragma<K extends PragmaName>(access: Access, name: K): Promise<PragmaValue<K>> {
  const pragma = pragmaNamed(name);
  const found = await onConnection(access, (connection) =>
    connection.direct((database) => database.pragma(name, { simple: true })),
  );
  return valueOf(pragma, found) as PragmaValue<K>;
}

function valueOf({ kind }: Pragma, found: unknown): unknown {
  if (kind === "integer") return Number(found);
  if (kind === "boolean") return Number(found) !== 0;
  return typeof found === "string" ? found : kind[Number(found)];
}

/** Sets a pragma on every connection, present and future; one that the file keeps, once. */
export async function setPragma<K extends SettablePragma>(
  access: Access,
  name: K,
  value: PragmaValue<K>,
): Promise<void> {
  const pragma = pragmaNamed(name);
  if (pragma.scope === "read") {
    throw new NotSupportedError(`The pragma "${name}" is only read here.`, pragma.why ? { hint: pragma.why } : {});
  }
  const text = `${name} = ${written(name, pragma, value)}`;
  if (pragma.scope === "file") {
    await onConnection(access, (connection) => connection.direct((database) => void database.pragma(text)));
    return;
  }
  // What a transaction keeps from taking effect would be taken for set.
  refuseInBlock(access, `pragma("${name}", …)`);
  await onConnection(access, () => access.setup.add(`pragma ${name}`, (database) => void database.pragma(text)));
}

function written(name: string, { kind }: Pragma, value: unknown): string {
  if (kind === "integer" && Number.isSafeInteger(value)) return String(value);
  if (kind === "boolean" && typeof value === "boolean") return value ? "ON" : "OFF";
  if (typeof kind === "object" && typeof value === "string" && kind.includes(value)) return value.toUpperCase();
  const wanted =
    kind === "integer"
      ? "a whole number"
      : kind === "boolean"
        ? "true or false"
        : kind.map((item) => JSON.stringify(item)).join(", ");
  throw new ConfigurationError(`pragma("${name}", …): expected ${wanted}, got ${printable(value)}.`);
}
