import { ConfigurationError } from "../../errors/index.js";
import {
  columnType,
  convertText,
  type FieldOptions,
  type LookupFamily,
  refuse,
  ScalarField,
} from "../../fields/index.js";
import { textual } from "../expressions/own.js";
import { needsParts } from "../../models/index.js";
import { printable } from "../../util/printable.js";
import type { AddressFieldFactory, CitextFieldFactory, EnumFieldFactory } from "../types/text-kinds.js";
import { enumPart, refuseOthers } from "../schema/enum-part.js";
import { checkedName, quotedName } from "../schema/index-items.js";

function fieldOf(
  kind: string,
  family: LookupFamily,
  sqlType: string,
  convert: (value: unknown) => unknown = convertText,
) {
  const operand = textual(family, sqlType, convert);
  return (options: FieldOptions = {}) => new ScalarField({ kind, ...operand }, options);
}

/** An address as the server writes it: IPv6 in small letters, cut as short as can be. */
function plainAddress(text: string): string {
  const { isIP, SocketAddress } = process.getBuiltinModule("node:net");
  const version = isIP(text);
  if (version === 0) return refuse(`expected an IPv4 or IPv6 address, got ${printable(text)}.`);
  return version === 4 ? text : new SocketAddress({ address: text, family: "ipv6" }).address;
}

function addressOf(value: unknown): { readonly address: string; readonly bits: number | null; readonly most: number } {
  const [host = "", bits, ...more] = convertText(value).split("/");
  const address = plainAddress(host);
  const most = address.includes(":") ? 128 : 32;
  const isLength = bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= most);
  if (more.length > 0 || !isLength)
    refuse(`expected an address such as "10.0.0.1" or "10.0.0.0/8", got ${printable(value)}.`);
  return { address, bits: bits === undefined ? null : Number(bits), most };
}

function convertInet(value: unknown): string {
  const { address, bits, most } = addressOf(value);
  return bits === null || bits === most ? address : `${address}/${bits}`;
}

function convertCidr(value: unknown): string {
  const { address, bits, most } = addressOf(value);
  return `${address}/${bits ?? most}`;
}

const MAC =
  /^([0-9a-f]{2})[:-]?([0-9a-f]{2})[:-]?([0-9a-f]{2})[:.-]?([0-9a-f]{2})[:-]?([0-9a-f]{2})[:-]?([0-9a-f]{2})$/;

function convertMac(value: unknown): string {
  const match = MAC.exec(convertText(value).toLowerCase());
  return match === null
    ? refuse(`expected an address such as "08:00:2b:01:02:03", got ${printable(value)}.`)
    : match.slice(1).join(":");
}

/**
 * Text that is compared without regard to the case of its letters, unique keys included. The extension "citext" has it.
 *
 * @example
 * ```ts
 * class Member extends Model("member", { email: citextField({ unique: true }) }) {
 *   static objects = manager(this);
 * }
 * await Member.objects.filter({ email: "Ann@Example.com" }).all(); // finds "ann@example.com"
 * ```
 */
export const citextField = fieldOf("citext", "text", "citext") as unknown as CitextFieldFactory;
/**
 * The address of a host, with the length of its network where that is told: "10.0.0.1", "10.1.2.3/8", "::1".
 *
 * @example
 * ```ts
 * class Visit extends Model("visit", { from: inetField() }) {
 *   static objects = manager(this);
 * }
 * await Visit.objects.filter({ from__net_contained: "10.0.0.0/8" }).all(); // WHERE "from" << $1
 * ```
 */
export const inetField = fieldOf("inet", "inet", "inet", convertInet) as unknown as AddressFieldFactory<"inet">;
/** The address of a network: "10.0.0.0/8". Nothing may stand behind its length. */
export const cidrField = fieldOf("cidr", "inet", "cidr", convertCidr) as unknown as AddressFieldFactory<"inet">;
/** The address of a network card: "08:00:2b:01:02:03", whichever way it is written. */
export const macaddrField = fieldOf(
  "macaddr",
  "macaddr",
  "macaddr",
  convertMac,
) as unknown as AddressFieldFactory<"macaddr">;

function declareEnum(name: unknown, values: unknown, options: FieldOptions = {}): ScalarField {
  checkedName(name, "enumField(name, values): the type's name");
  if (
    !Array.isArray(values) ||
    values.length === 0 ||
    !values.every((value) => typeof value === "string" && value !== "")
  ) {
    throw new ConfigurationError(
      `enumField("${String(name)}", values): expected a list of texts, got ${printable(values)}.`,
    );
  }
  const type = columnType("custom", {
    customSqlType: (engine) => {
      refuseOthers(engine);
      return quotedName(String(name));
    },
    customCodec: { toDb: (value) => value, fromDb: (value) => value },
  });
  needsParts(type, [enumPart(String(name), values as string[])]);
  return new ScalarField(
    { kind: "enum", family: "enum", type, convert: enumMember(values as string[]) },
    { ...options, choices: values },
  );
}

function enumMember(values: readonly string[]): (value: unknown) => string {
  return (value) => {
    const text = convertText(value);
    return values.includes(text) ? text : refuse(`${printable(text)} is not one of ${values.join(", ")}.`);
  };
}

/**
 * One of several texts, of a type that the database knows by a name, and in the order in which they are listed.
 * `createTables` makes the type before the tables that have it, and refuses one that is there with other values;
 * `dropTables` drops it where nothing else is of it.
 *
 * @example
 * ```ts
 * class Ticket extends Model("ticket", { urgency: enumField("urgency", ["low", "high", "now"]) }) {
 *   static objects = manager(this);
 * }
 * await db.createTables([Ticket]); // CREATE TYPE "urgency" AS ENUM ('low', 'high', 'now'); CREATE TABLE "ticket" …
 * await Ticket.objects.filter({ urgency__gte: "high" }).all();
 * ```
 */
export const enumField = declareEnum as unknown as EnumFieldFactory;
