import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { FieldError } from "../../errors/index.js";
import { printable } from "../../util/printable.js";
import { flag, readOptions } from "../options.js";
import { type Cell, csvLine, readCsv } from "./csv.js";
import { type OnProgress, Progress, type Terminal } from "./progress.js";

/** What rows are written as. */
export type FileFormat = "json" | "csv" | "tsv";

/** How a file is written or read. */
export interface FileOptions {
  /** "csv" unless given. */
  readonly format?: FileFormat;
  readonly file: string;
  /** CSV: whether the first line has the names of columns; true unless given. */
  readonly header?: boolean;
  /** Bytes in base64 instead of hexadecimal digits. */
  readonly base64?: boolean;
  /** Called after every few rows, and awaited. */
  readonly onProgress?: OnProgress;
  /** Draws a bar on a terminal: with true on `process.stderr`. Where that is none, nothing is written. */
  readonly bar?: boolean | Terminal;
}

/** The same for reading. */
export interface ThawOptions extends FileOptions {
  /** Leaves out columns that the table does not have, instead of adding them. */
  readonly strict?: boolean;
}

/** The same, checked. */
export interface FileSettings {
  readonly format: FileFormat;
  readonly file: string;
  readonly header: boolean;
  readonly base64: boolean;
  readonly strict: boolean;
  readonly progress: Progress;
}

const FORMATS: readonly unknown[] = ["json", "csv", "tsv"];
/** So many rows between one word of progress and the next. */
const TOLD_EVERY = 100;

export function readFileOptions(where: string, given: unknown, isThaw: boolean): FileSettings {
  const known = ["format", "file", "header", "base64", "onProgress", "bar", ...(isThaw ? ["strict"] : [])];
  const options = readOptions(where, given, known) as Readonly<Record<string, unknown>>;
  const { format = "csv", file } = options;
  if (!FORMATS.includes(format)) {
    throw new FieldError(`${where}: format is one of ${FORMATS.join(", ")}, got ${printable(format)}.`);
  }
  if (typeof file !== "string" || file === "") {
    throw new FieldError(`${where}: file is the path of a file, got ${printable(file)}.`);
  }
  return {
    format: format as FileFormat,
    file,
    header: options["header"] === undefined || flag(where, "header", options["header"]),
    base64: flag(where, "base64", options["base64"]),
    strict: flag(where, "strict", options["strict"]),
    progress: new Progress(where, options["onProgress"], options["bar"]),
  };
}

interface Source {
  readonly columns: readonly string[];
  /** Those that hold JSON, of which a text is in quotes. */
  readonly json: ReadonlySet<string>;
  readonly total: number;
  readonly rows: AsyncIterable<Readonly<Record<string, unknown>>>;
}

/** Writes rows to a file as they come, and gives their number. */
export async function writeFile(source: Source, settings: FileSettings): Promise<number> {
  const { progress } = settings;
  const file = await open(settings.file, "w");
  try {
    const writer = settings.format === "json" ? jsonWriter(settings) : csvWriter(source, settings);
    let done = 0;
    let text = writer.head;
    for await (const row of source.rows) {
      text += writer.row(row, done);
      done += 1;
      if (done % TOLD_EVERY !== 0) continue;
      await file.write(text);
      text = "";
      await progress.tell({ done, total: source.total });
    }
    await file.write(text + writer.tail);
    await progress.tell({ done, total: source.total });
    return done;
  } finally {
    progress.end();
    await file.close();
  }
}

interface Writer {
  readonly head: string;
  readonly tail: string;
  row(row: Readonly<Record<string, unknown>>, at: number): string;
}

function jsonWriter(settings: FileSettings): Writer {
  const plain = (row: Readonly<Record<string, unknown>>): object =>
    Object.fromEntries(Object.entries(row).map(([name, value]) => [name, plainValue(value, settings)]));
  return {
    head: "[",
    tail: "]\n",
    row: (row, at) => `${at === 0 ? "" : ",\n"}${JSON.stringify(plain(row))}`,
  };
}

function csvWriter({ columns, json }: Source, settings: FileSettings): Writer {
  const delimiter = delimiterOf(settings);
  return {
    head: settings.header && columns.length > 0 ? csvLine(columns, delimiter) : "",
    tail: "",
    row: (row) =>
      csvLine(
        columns.map((name) => textOf(plainValue(row[name], settings), json.has(name))),
        delimiter,
      ),
  };
}

function delimiterOf({ format }: FileSettings): string {
  return format === "tsv" ? "\t" : ",";
}

/** A value as JSON has it. */
function plainValue(value: unknown, { base64 }: FileSettings): unknown {
  if (typeof value === "bigint") return value.toString();
  // JSON has no number for infinity.
  if (typeof value === "number" && !Number.isFinite(value)) return String(value);
  if (value instanceof Date) return value.toISOString();
  return value instanceof Uint8Array ? Buffer.from(value).toString(base64 ? "base64" : "hex") : value;
}

function textOf(value: unknown, isJson: boolean): Cell {
  if (value === null || value === undefined) return null;
  return isJson || typeof value === "object" ? JSON.stringify(value) : `${value as string | number | boolean}`;
}

/** The rows of a file. Those of CSV are texts; without a header, columns are in the table's order. */
export async function* readFile(
  columns: readonly string[],
  settings: FileSettings,
): AsyncGenerator<Readonly<Record<string, unknown>>, void, undefined> {
  if (settings.format === "json") return yield* readJson(settings);
  let names = settings.header ? null : columns;
  for await (const cells of cellsOf(settings)) {
    const isBlank = cells.length === 1 && cells[0] === null;
    // Of one column an empty line is a row with nothing in it.
    if (isBlank && names?.length !== 1) continue;
    if (names === null) names = headerOf(cells, settings.file);
    else yield rowOf(names, cells, settings.file);
  }
}

async function* cellsOf(settings: FileSettings): AsyncGenerator<readonly Cell[], void, undefined> {
  try {
    yield* readCsv(piecesOf(settings), delimiterOf(settings));
  } catch (error) {
    throw error instanceof FieldError ? new FieldError(`${settings.file}: ${error.message}`) : error;
  }
}

/** The text of a file, without the mark that some begin with. */
async function* piecesOf({ file }: FileSettings): AsyncGenerator<string, void, undefined> {
  let isFirst = true;
  for await (const piece of createReadStream(file, { encoding: "utf8" }) as AsyncIterable<string>) {
    yield isFirst ? piece.replace(/^\uFEFF/, "") : piece;
    isFirst = false;
  }
}

function headerOf(cells: readonly Cell[], file: string): readonly string[] {
  const names = cells.map((cell) => cell ?? "");
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice === undefined) return names;
  throw new FieldError(`${file}: two columns are called "${twice}".`);
}

function rowOf(names: readonly string[], cells: readonly Cell[], file: string): Record<string, unknown> {
  if (cells.length === names.length) return Object.fromEntries(names.map((name, at) => [name, cells[at]]));
  throw new FieldError(`${file}: a line has ${cells.length} values for ${names.length} columns: ${names.join(", ")}.`);
}

async function* readJson(settings: FileSettings): AsyncGenerator<Readonly<Record<string, unknown>>, void, undefined> {
  const parts: string[] = [];
  for await (const piece of piecesOf(settings)) parts.push(piece);
  const rows = parsed(settings.file, parts.join(""));
  const isList =
    Array.isArray(rows) && rows.every((row) => row !== null && typeof row === "object" && !Array.isArray(row));
  if (!isList) throw new FieldError(`${settings.file}: expected a list of objects.`);
  yield* rows as Readonly<Record<string, unknown>>[];
}

function parsed(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new FieldError(`${file}: no JSON: ${(error as Error).message}.`, { cause: error });
  }
}
