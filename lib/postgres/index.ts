import "./lookups/arrays.js";
import "./lookups/hstore.js";
import "./lookups/ranges.js";
import "./lookups/text-kinds.js";
import "./search/search-lookups.js";

export { lateral } from "../objects/builders/lateral.js";
export { arrayField } from "./fields/array-field.js";
export {
  advisoryLock,
  type AdvisoryLockOptions,
  type HeldLock,
  type LockAttempt,
  tryAdvisoryLock,
} from "./sessions/advisory-lock.js";
export { createExtension, dropExtension, type ExtensionOptions, hasExtension } from "./sessions/extensions.js";
export { listen, type Listener, type ListenOptions, type Notification, notify } from "./sessions/listen.js";
export type { LockKey } from "./sessions/lock-key.js";
export type * from "./types/array.js";
export {
  type Deferrable,
  exclusionConstraint,
  type ExclusionElement,
  type ExclusionOptions,
  uniqueConstraint,
  type UniqueOptions,
} from "./schema/constraints.js";
export type { IndexItem } from "./schema/index-items.js";
export {
  bloomIndex,
  brinIndex,
  btreeIndex,
  type BtreeOptions,
  ginIndex,
  gistIndex,
  hashIndex,
  hnswIndex,
  ivfflatIndex,
  type PostgresIndexOptions,
  spGistIndex,
} from "./schema/indexes.js";
export { searchVectorField } from "./fields/search-vector-field.js";
export { SearchQuery } from "./search/search-query.js";
export { SearchHeadline, SearchRank, SearchVector } from "./search/search-vector.js";
export {
  TrigramDistance,
  TrigramSimilarity,
  TrigramStrictWordDistance,
  TrigramStrictWordSimilarity,
  TrigramWordDistance,
  TrigramWordSimilarity,
  Unaccent,
} from "./search/trigrams.js";
export type * from "./types/search.js";
export type * from "./types/trigram.js";
export { RangeOf } from "./expressions/range-of.js";
export {
  bigIntegerMultirangeField,
  bigIntegerRangeField,
  dateMultirangeField,
  dateRangeField,
  datetimeMultirangeField,
  datetimeRangeField,
  decimalMultirangeField,
  decimalRangeField,
  integerMultirangeField,
  integerRangeField,
  timestampMultirangeField,
  timestampRangeField,
} from "./fields/range-fields.js";
export type * from "./types/range.js";
export { Range, type RangeBounds } from "./values/range.js";
export { hstoreField } from "./fields/hstore-field.js";
export { cidrField, citextField, enumField, inetField, macaddrField } from "./fields/text-kinds.js";
export { addEnumValue, createEnum, dropEnum, type EnumOptions } from "./schema/enums.js";
export type * from "./types/hstore.js";
export type * from "./types/text-kinds.js";
export {
  ArrayAgg,
  BitAnd,
  BitOr,
  BitXor,
  Corr,
  CovarPop,
  RegrAvgX,
  RegrAvgY,
  RegrCount,
  RegrIntercept,
  RegrR2,
  RegrSlope,
  RegrSXX,
  RegrSXY,
  RegrSYY,
} from "./expressions/aggregates.js";
export { JsonConcat, JsonDelete, JsonPut } from "./expressions/jsonb.js";
export { CosineDistance, L1Distance, L2Distance, MaxInnerProduct, vectorField } from "./fields/vector-field.js";
export type * from "./types/aggregates.js";
export type * from "./types/jsonb.js";
export type * from "./types/vector.js";
export { uuidv7 } from "./values/uuid-v7.js";
export { copyCsvIn, copyIn, copyOut } from "./sessions/copy.js";
export type * from "./types/copy.js";
export {
  materializedView,
  refreshMaterializedView,
  type RefreshOptions,
  type ViewOptions,
  type ViewSource,
} from "./schema/materialized-view.js";
