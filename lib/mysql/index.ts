import "./lookups/masks.js";

export { lateral } from "../objects/builders/lateral.js";
export { loadData, type LoadDataOptions, type LoadedRows } from "./load-data.js";
export { namedLock, type NamedLock, type NamedLockOptions } from "./named-lock.js";
export { forceIndex, ignoreIndex, type IndexHintOptions, optimizerHints, useIndex } from "./hints.js";
export { fullTextIndex, type FullTextIndexOptions } from "./fulltext/full-text-index.js";
export { Match, type MatchMode, type MatchOptions, MatchScore } from "./fulltext/match.js";
export {
  type BytesColumn,
  bytesColumn,
  type EnumColumn,
  enumColumn,
  type GeneratedSpec,
  virtualColumn,
} from "./fields/columns.js";
export {
  mediumInteger,
  type OwnInteger,
  type OwnIntegerOptions,
  tinyInteger,
  unsignedBigInteger,
  unsignedInteger,
  unsignedMediumInteger,
  unsignedSmallInteger,
  unsignedTinyInteger,
  year,
} from "./fields/integers.js";
export { expressionIndex, type ExpressionIndexOptions } from "./tables/expression-index.js";
export { type MysqlTableOptions, type PartitionOptions, tableOptions } from "./tables/table-options.js";
export {
  JsonContainsPath,
  type JsonContainsPathOptions,
  JsonMemberOf,
  JsonOverlaps,
  JsonSearch,
  type JsonSearchOptions,
} from "./json/functions.js";
export { jsonColumn, jsonExists, jsonTable, nestedColumns, ordinality } from "./json/json-table.js";
export type * from "./json/table-types.js";
export { bitColumn } from "./fields/bit-column.js";
export { BitNumber } from "./lookups/bit-number.js";
export { setColumn } from "./fields/set-column.js";
export type * from "./types/masks.js";
