/** How `infileText` writes rows, in the words of LOAD DATA. */
export const INFILE_FORMAT =
  "CHARACTER SET utf8mb4 FIELDS TERMINATED BY '\\t' ESCAPED BY '\\\\' LINES TERMINATED BY '\\n'";

const SPECIAL = /[\\\t\n\r\0]/g;
const NULL = "\\N";
const NAMES: Readonly<Record<string, string>> = { "\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\0": "\\0" };

/** One row of values, each as the driver would be given it, as a line of the file. Bytes are spelled as `UNHEX` reads them. */
export function infileLine(values: readonly unknown[]): string {
  let line = "";
  for (let at = 0; at < values.length; at += 1) line += (at === 0 ? "" : "\t") + infileValue(values[at]);
  return `${line}\n`;
}

function infileValue(value: unknown): string {
  if (value === null || value === undefined) return NULL;
  switch (typeof value) {
    case "string":
      return value.replace(SPECIAL, (character) => NAMES[character] as string);
    case "boolean":
      return value ? "1" : "0";
    case "object":
      return Buffer.from(value as Uint8Array).toString("hex");
    default:
      return Object.is(value, -0) ? "-0" : (value as number | bigint).toString();
  }
}
