/** PostgreSQL's own numbers for the types that leave the driver as something other than text. */
const OID = { bool: 16, bytea: 17, int2: 21, int4: 23, oid: 26, float4: 700, float8: 701 };

export type TextParser = (text: string) => unknown;

const PARSERS = new Map<number, TextParser>([
  [OID.bool, (text) => text === "t"],
  [OID.bytea, parseBytea],
  [OID.int2, Number],
  [OID.int4, Number],
  [OID.oid, Number],
  [OID.float4, Number],
  [OID.float8, Number],
]);

/** What makes a value of a type out of its text; null for what stays text. */
export function textParser(oid: number): TextParser | null {
  return PARSERS.get(oid) ?? null;
}

/**
 * Parsers for the values PostgreSQL sends, used instead of the driver's own, which read dates in the local time zone.
 * What is not a small number, a boolean or bytes stays text: the column's decoder knows better what it means.
 */
export const TEXT_PARSERS = {
  getTypeParser: (oid: number): TextParser => PARSERS.get(oid) ?? asItIs,
};

function asItIs(text: string): string {
  return text;
}

function parseBytea(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text.slice(2), "hex"));
}
