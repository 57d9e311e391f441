import { printable } from "../util/printable.js";
import { refuse } from "./refusal.js";

/** Text that every engine stores alike: no NUL character (PostgreSQL has none) and no half of a surrogate pair. */
export function convertText(value: unknown): string {
  if (typeof value !== "string") return refuse(`expected a string, got ${printable(value)}.`);
  if (value.includes("\0")) return refuse("text cannot hold the character U+0000. Use fields.binary() for raw bytes.");
  if (!isWellFormed(value)) return refuse("text holds half of a surrogate pair, which no engine stores.");
  return value;
}

const LONE_SURROGATE = /\p{Surrogate}/u;

function isWellFormed(text: string): boolean {
  return !LONE_SURROGATE.test(text);
}

const UUID = /^([0-9a-f]{8})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{12})$/;

export function convertUuid(value: unknown): string {
  const match = typeof value === "string" ? UUID.exec(value.toLowerCase()) : null;
  if (match === null) return refuse(`expected a UUID string, got ${printable(value)}.`);
  return match.slice(1).join("-");
}

/** Characters as people and databases count them: code points, so that an emoji is one. */
export function codePoints(text: string): number {
  let count = text.length;
  for (let index = 0; index < text.length - 1; index += 1) {
    const unit = text.charCodeAt(index);
    if (unit >= 0xd800 && unit <= 0xdbff) count -= 1;
  }
  return count;
}

const EMAIL = /^[^\s@"<>]+@[^\s@.]+(\.[^\s@.]+)+$/;
const SLUG = /^[-a-zA-Z0-9_]+$/;

/** Asked for at its use: node:net brings the streams along, which no application should wait for that has no such field. */
function isIpAddress(text: string): boolean {
  return process.getBuiltinModule("node:net").isIP(text) !== 0;
}

/** Checks of the text kinds that mean more than text; each gives what is wrong, or null. */
export const textChecks = {
  email: (text: string) => (EMAIL.test(text) ? null : `${printable(text)} is not an e-mail address.`),
  url: (text: string) => (URL.canParse(text) ? null : `${printable(text)} is not an absolute URL.`),
  slug: (text: string) =>
    SLUG.test(text) ? null : `${printable(text)} is not a slug: letters, digits, "-" and "_" only.`,
  ipAddress: (text: string) => (isIpAddress(text) ? null : `${printable(text)} is not an IPv4 or IPv6 address.`),
} as const;
