import { ConfigurationError } from "../errors/index.js";

/** A pointer of the library's: koffi knows what it points at. */
export type Pointer = object | null;
/** Something that the library writes a pointer into. */
type Out = [Pointer];

/** What is used of koffi, which calls libraries of C. */
interface Koffi {
  load(path: string): { func(prototype: string): (...values: never[]) => unknown };
  proto(prototype: string): object;
  pointer(type: object): object;
  register(call: (...values: never[]) => unknown, type: object): Pointer;
  array(type: string, length: number): object;
  decode(pointer: Pointer, type: string | object): unknown;
  encode(pointer: Pointer, type: string, value: number): void;
}

/** The functions of SQLite's interface that we call, by their names without "sqlite3_". */
export interface Library {
  open_v2(path: string, database: Out, flags: number, vfs: null): number;
  close(database: Pointer): number;
  errmsg(database: Pointer): string;
  busy_timeout(database: Pointer, milliseconds: number): number;
  changes(database: Pointer): number;
  last_insert_rowid(database: Pointer): number | bigint;
  get_autocommit(database: Pointer): number;
  prepare_v2(database: Pointer, sql: Buffer, length: number, statement: Out, tail: Out): number;
  step(statement: Pointer): number;
  reset(statement: Pointer): number;
  finalize(statement: Pointer): number;
  stmt_readonly(statement: Pointer): number;
  bind_parameter_count(statement: Pointer): number;
  bind_null(statement: Pointer, index: number): number;
  bind_int64(statement: Pointer, index: number, value: bigint): number;
  bind_double(statement: Pointer, index: number, value: number): number;
  bind_text(statement: Pointer, index: number, value: Buffer, length: number, destructor: number): number;
  bind_blob(statement: Pointer, index: number, value: Uint8Array, length: number, destructor: number): number;
  column_count(statement: Pointer): number;
  column_name(statement: Pointer, column: number): string;
  column_type(statement: Pointer, column: number): number;
  column_int64(statement: Pointer, column: number): number | bigint;
  column_double(statement: Pointer, column: number): number;
  column_blob(statement: Pointer, column: number): Pointer;
  column_bytes(statement: Pointer, column: number): number;
  create_function(
    database: Pointer,
    name: string,
    length: number,
    encoding: number,
    id: number,
    call: Pointer,
    step: Pointer,
    final: Pointer,
  ): number;
  user_data(context: Pointer): number;
  aggregate_context(context: Pointer, bytes: number): Pointer;
  value_type(value: Pointer): number;
  value_int64(value: Pointer): number | bigint;
  value_double(value: Pointer): number;
  value_blob(value: Pointer): Pointer;
  value_bytes(value: Pointer): number;
  result_null(context: Pointer): void;
  result_int64(context: Pointer, value: bigint): void;
  result_double(context: Pointer, value: number): void;
  result_text(context: Pointer, value: Buffer, length: number, destructor: number): void;
  result_blob(context: Pointer, value: Uint8Array, length: number, destructor: number): void;
  result_error(context: Pointer, message: string, length: number): void;
}

/** `@` stands for a pointer, `=` for one that is given out. */
const PROTOTYPES = `
int open_v2(const char *path, =database, int flags, @vfs)
int close(@database)
const char *errmsg(@database)
int busy_timeout(@database, int milliseconds)
int changes(@database)
int64_t last_insert_rowid(@database)
int get_autocommit(@database)
int prepare_v2(@database, const uint8_t *sql, int length, =statement, =tail)
int step(@statement)
int reset(@statement)
int finalize(@statement)
int stmt_readonly(@statement)
int bind_parameter_count(@statement)
int bind_null(@statement, int index)
int bind_int64(@statement, int index, int64_t value)
int bind_double(@statement, int index, double value)
int bind_text(@statement, int index, const uint8_t *value, int length, intptr_t destructor)
int bind_blob(@statement, int index, const uint8_t *value, int length, intptr_t destructor)
int column_count(@statement)
const char *column_name(@statement, int column)
int column_type(@statement, int column)
int64_t column_int64(@statement, int column)
double column_double(@statement, int column)
void *column_blob(@statement, int column)
int column_bytes(@statement, int column)
int create_function(@database, const char *name, int length, int encoding, intptr_t id, @call, @step, @final)
intptr_t user_data(@context)
void *aggregate_context(@context, int bytes)
int value_type(@value)
int64_t value_int64(@value)
double value_double(@value)
void *value_blob(@value)
int value_bytes(@value)
void result_null(@context)
void result_int64(@context, int64_t value)
void result_double(@context, double value)
void result_text(@context, const uint8_t *value, int length, intptr_t destructor)
void result_blob(@context, const uint8_t *value, int length, intptr_t destructor)
void result_error(@context, const char *message, int length)`;

/** BerkeleyDB's library, and what it takes to be called back by it. */
export interface Loaded {
  readonly sqlite: Library;
  /** A function of JavaScript's that SQLite calls for a value: its context and its arguments. */
  callback(call: (context: Pointer, values: readonly Pointer[]) => void): Pointer;
  /** One that it calls when it has come to the end of a group. */
  finalCallback(call: (context: Pointer) => void): Pointer;
  bytes(pointer: Pointer, length: number): Buffer;
  readNumber(pointer: Pointer): number;
  writeNumber(pointer: Pointer, value: number): void;
}

/** Loads BerkeleyDB's SQL library by koffi; throws {@link ConfigurationError} where one of them is missing. */
export async function loadLibrary(path: string): Promise<Loaded> {
  const koffi = await importKoffi();
  const library = open(koffi, path);
  const functions = PROTOTYPES.trim()
    .split("\n")
    .map((line) => {
      const [, type, name, parameters] = /^(.*?)(\w+)\((.*)\)$/.exec(line)!;
      const written = parameters!.replaceAll("@", "void *").replaceAll("=", "_Out_ void **");
      return [name, library.func(`${type}sqlite3_${name}(${written})`)] as const;
    });
  const called = koffi.pointer(koffi.proto("void DunderCall(void *context, int count, void **values)"));
  const ended = koffi.pointer(koffi.proto("void DunderFinal(void *context)"));
  return {
    sqlite: Object.fromEntries(functions) as unknown as Library,
    callback: (call) =>
      koffi.register(
        (context: Pointer, count: number, values: Pointer) =>
          call(context, count === 0 ? [] : (koffi.decode(values, koffi.array("void *", count)) as Pointer[])),
        called,
      ),
    finalCallback: (call) => koffi.register(call, ended),
    bytes: (pointer, length) =>
      length === 0 ? Buffer.alloc(0) : Buffer.from(koffi.decode(pointer, koffi.array("uint8_t", length)) as Uint8Array),
    readNumber: (pointer) => Number(koffi.decode(pointer, "int64_t")),
    writeNumber: (pointer, value) => koffi.encode(pointer, "int64_t", value),
  };
}

const PACKAGE: string = "koffi";

async function importKoffi(): Promise<Koffi> {
  try {
    const module = (await import(PACKAGE)) as { default: Koffi };
    return module.default;
  } catch (cause) {
    throw new ConfigurationError('BerkeleyDB needs the package "koffi", which is not installed.', {
      cause,
      hint: "Run: npm install koffi",
    });
  }
}

function open(koffi: Koffi, path: string): ReturnType<Koffi["load"]> {
  try {
    return koffi.load(path);
  } catch (cause) {
    throw new ConfigurationError(`BerkeleyDB's SQL library can't be loaded from ${JSON.stringify(path)}.`, {
      cause,
      hint: 'Install it (on Debian: apt install libdb5.3-sql), or name its file: berkeleydb({ library: "…/libdb_sql-5.3.so" }).',
    });
  }
}
