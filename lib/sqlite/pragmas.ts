/** What a pragma is: a whole number, yes or no, or one of some words, by the numbers that SQLite answers with. */
export type PragmaKind = "integer" | "boolean" | readonly string[];

/** Whether it can be set: for a connection (then for all of them), in the file itself, or not here. */
export type PragmaScope = "connection" | "file" | "read";

export interface Pragma {
  readonly kind: PragmaKind;
  readonly scope: PragmaScope;
  /** Why it is only read. */
  readonly why?: string;
}

const whole = (scope: PragmaScope, why?: string) => ({ kind: "integer", scope, ...(why && { why }) }) as const;
const yes = (scope: PragmaScope, why?: string) => ({ kind: "boolean", scope, ...(why && { why }) }) as const;
const word = <const W extends readonly string[]>(scope: PragmaScope, words: W, why?: string) =>
  ({ kind: words, scope, ...(why && { why }) }) as const;

const WAL = "It decides whether readers work beside a writer, which the library relies on: it is WAL for files.";

/** The pragmas that hold a value. */
export const PRAGMAS = {
  analysis_limit: whole("connection"),
  application_id: whole("file"),
  auto_vacuum: word("file", ["none", "full", "incremental"]),
  automatic_index: yes("connection"),
  busy_timeout: whole(
    "read",
    'The library waits by itself, without blocking the process: "sqlite:app.sqlite?busyTimeout=5000".',
  ),
  cache_size: whole("connection"),
  cache_spill: whole("connection"),
  cell_size_check: yes("connection"),
  data_version: whole("read"),
  defer_foreign_keys: yes("read", "It holds for a transaction only."),
  encoding: { kind: ["UTF-8", "UTF-16le", "UTF-16be"], scope: "read", why: "It is fixed when the file is made." },
  foreign_keys: yes("connection"),
  freelist_count: whole("read"),
  fullfsync: yes("connection"),
  hard_heap_limit: whole("connection"),
  ignore_check_constraints: yes("connection"),
  journal_mode: { kind: ["delete", "truncate", "persist", "memory", "wal", "off"], scope: "read", why: WAL },
  journal_size_limit: whole("connection"),
  legacy_alter_table: yes("connection"),
  max_page_count: whole("connection"),
  mmap_size: whole("connection"),
  page_count: whole("read"),
  page_size: whole("file"),
  query_only: yes(
    "read",
    "The library sets it for transactions that are read-only: db.atomic(fn, { readOnly: true }).",
  ),
  recursive_triggers: yes("connection"),
  reverse_unordered_selects: yes("connection"),
  secure_delete: word("connection", ["off", "on", "fast"]),
  soft_heap_limit: whole("connection"),
  synchronous: word("connection", ["off", "normal", "full", "extra"]),
  temp_store: word("connection", ["default", "file", "memory"]),
  threads: whole("connection"),
  trusted_schema: yes("connection"),
  user_version: whole("file"),
  wal_autocheckpoint: whole("connection"),
} as const satisfies Readonly<Record<string, Pragma>>;

type Table = typeof PRAGMAS;
export type PragmaName = keyof Table;
/** The pragmas that can be set. */
export type SettablePragma = {
  [K in PragmaName]: Table[K]["scope"] extends "read" ? never : K;
}[PragmaName];
/** The value of a pragma. */
export type PragmaValue<K extends PragmaName> = Table[K]["kind"] extends "integer"
  ? number
  : Table[K]["kind"] extends "boolean"
    ? boolean
    : Table[K]["kind"] extends readonly (infer W)[]
      ? W
      : never;
