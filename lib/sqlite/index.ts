export * from "../json/index.js";
export type { BackupProgress } from "../databases/sqlite/face.js";
export type { AggregateDefinition, Aggregates } from "./aggregates.js";
export type { BackupOptions, VacuumOptions } from "./files.js";
export type { Calls, FunctionOptions } from "./functions.js";
export type { KindName, ValuesOf } from "./kinds.js";
export type { PragmaName, PragmaValue, SettablePragma } from "./pragmas.js";
export { Sqlite, sqlite } from "./sqlite.js";
export type { TableDefinition } from "./table-functions.js";
export { ClosureTable } from "./closure/closure-table.js";
export type { ClosureOptions, ClosureStatic, ClosureTableFactory, SiblingOptions } from "./closure/types.js";
export { Fts5 } from "./fts/fts5.js";
export { ftsPhrase, type MatchMode } from "./fts/match-text.js";
export type {
  Fts5Factory,
  Fts5Options,
  Fts5Static,
  FtsThrough,
  HighlightOptions,
  MatchOptions,
  SnippetOptions,
} from "./fts/types.js";
export { JsonEach, JsonNode, JsonRoot, JsonSource, JsonTree } from "./json-tree.js";
export { sqliteTable, type SqliteTableOptions } from "./table-forms.js";
