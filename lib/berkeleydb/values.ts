import type { Library, Loaded, Pointer } from "./library.js";

/** Values are copied by SQLite before we go on. */
const COPIED = -1;
const INTEGER = 1;
const FLOAT = 2;
const TEXT = 3;
const BLOB = 4;
const NOTHING = new Uint8Array(1);

/** Reads values in one way from columns of rows and from arguments of functions. */
interface Source {
  type(): number;
  int64(): number | bigint;
  double(): number;
  blob(): Pointer;
  bytes(): number;
}

export function columnValue(loaded: Loaded, statement: Pointer, column: number, wide: boolean): unknown {
  const { sqlite } = loaded;
  return valueOf(loaded, wide, {
    type: () => sqlite.column_type(statement, column),
    int64: () => sqlite.column_int64(statement, column),
    double: () => sqlite.column_double(statement, column),
    blob: () => sqlite.column_blob(statement, column),
    bytes: () => sqlite.column_bytes(statement, column),
  });
}

export function argumentValue(loaded: Loaded, value: Pointer, wide: boolean): unknown {
  const { sqlite } = loaded;
  return valueOf(loaded, wide, {
    type: () => sqlite.value_type(value),
    int64: () => sqlite.value_int64(value),
    double: () => sqlite.value_double(value),
    blob: () => sqlite.value_blob(value),
    bytes: () => sqlite.value_bytes(value),
  });
}

function valueOf(loaded: Loaded, wide: boolean, source: Source): unknown {
  switch (source.type()) {
    case INTEGER:
      return wide ? BigInt(source.int64()) : Number(source.int64());
    case FLOAT:
      return source.double();
    case TEXT:
    case BLOB: {
      const isText = source.type() === TEXT;
      // In this order: to ask for bytes first may move them.
      const at = source.blob();
      const bytes = loaded.bytes(at, source.bytes());
      return isText ? bytes.toString("utf8") : bytes;
    }
    default:
      return null;
  }
}

/** Binds a parameter, counted from 1; gives SQLite's result. */
export function bindValue(sqlite: Library, statement: Pointer, index: number, value: unknown): number {
  if (value === null) return sqlite.bind_null(statement, index);
  if (typeof value === "number") return sqlite.bind_double(statement, index, value);
  if (typeof value === "bigint") return sqlite.bind_int64(statement, index, inRange(value));
  if (typeof value === "string") {
    const bytes = Buffer.from(value, "utf8");
    return sqlite.bind_text(statement, index, pointable(bytes), bytes.length, COPIED);
  }
  if (value instanceof Uint8Array) {
    return sqlite.bind_blob(statement, index, pointable(value), value.length, COPIED);
  }
  throw new TypeError("SQLite3 can only bind numbers, strings, bigints, buffers, and null");
}

/** What a function of ours gives back. */
export function giveResult(sqlite: Library, context: Pointer, value: unknown): void {
  if (value === null || value === undefined) sqlite.result_null(context);
  else if (typeof value === "bigint") sqlite.result_int64(context, inRange(value));
  else if (typeof value === "string") {
    const bytes = Buffer.from(value, "utf8");
    sqlite.result_text(context, pointable(bytes), bytes.length, COPIED);
  } else if (value instanceof Uint8Array) sqlite.result_blob(context, pointable(value), value.length, COPIED);
  else if (typeof value === "number") sqlite.result_double(context, value);
  else throw new TypeError("A function of SQLite's gave back what is no number, string, bigint, buffer or null");
}

/** Of no bytes there is no address, which would be NULL. */
function pointable<B extends Uint8Array>(bytes: B): B {
  return bytes.length === 0 ? (Buffer.from(NOTHING) as unknown as B) : bytes;
}

function inRange(value: bigint): bigint {
  if (BigInt.asIntN(64, value) === value) return value;
  throw new RangeError("The bound string, buffer, or bigint is too big");
}
