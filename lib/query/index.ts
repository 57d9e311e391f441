export { withCte } from "./cte.js";
export { valuesOf, withCombined } from "./combine.js";
export { readTotals, type Totals, withAnnotations, withPicked } from "./annotate.js";
export { Reader } from "./parse-filter.js";
export { readTerm, toldAs } from "./read-term.js";
export type { ReadTerm } from "./term-reader.js";
export { rowsHolding, type Tuple, withColumns } from "./by-columns.js";
export { withComment } from "./comment.js";
export { readStatement } from "./read-raw.js";
export { keyOfRow, keyParts } from "./key-operand.js";
export { keyOrder, orderOf } from "./order.js";
export { firstOfEach, withDistinctOn, withLastFirst } from "./first-of-each.js";
export { alsoLoading, checkTraversed, columnsAt, withDefer, withOnly } from "./loading.js";
export type { LinkKey } from "./among-keys.js";
export { withKeys } from "./linked.js";
export { kindGiven } from "./one-of-value.js";
export { namesOf } from "./names-of.js";
export { withLock } from "./lock.js";
export { changed, isSliced, QUERY, queryOf, rowsAlone, shapeKey, TOLD, withoutSlice } from "./query.js";
export {
  refuseSliced,
  withDistinct,
  withFilter,
  withFirst,
  withLimit,
  withNone,
  withoutOrder,
  withOrder,
  withRelated,
  withReverse,
  withSchema,
  withSlice,
  withTimeZone,
} from "./refine.js";
export { withLineage } from "./lineage.js";
export { withRecursion } from "./recursion.js";
export { withSet } from "./set.js";
export type { RelatedTree } from "./related.js";
export { sameTerm } from "./same-term.js";
export {
  asksWindow,
  columnsIn,
  holdsAggregate,
  holdsWindow,
  isOfMany,
  namesField,
  partsOf,
  splitByWindow,
  termsIn,
} from "./term.js";
export type {
  AggregateTerm,
  OwnTerm,
  Annotation,
  Condition,
  CteSource,
  Filter,
  Loading,
  HeldTerm,
  Hint,
  OrderTerm,
  Picked,
  PickedItem,
  Membership,
  PlacedTerm,
  Predicate,
  Need,
  Query,
  RawPart,
  RawSlot,
  RawTerm,
  RowLock,
  QuerySource,
  RecursiveSource,
  SetSource,
  Side,
  SortTerm,
  Term,
  TransformTerm,
  Truth,
  WindowTerm,
  ToldDatabase,
} from "./tree.js";
export { asksKeysOnly, extendedBy, extending } from "./extended.js";
export { rowsOf } from "./rows-of.js";
export { refuseSet, rowValues } from "./source.js";
export { UNKNOWN } from "./open.js";
export { withMembers, withMembersOf } from "./members.js";
export type { ResolvedPath } from "./resolve-path.js";
export { type RelationFilter, relationFilter } from "./relation-filter.js";
export { askedJoins, leadsThroughJoin } from "./named-relations.js";
export { withJoin } from "./join.js";
export { checkAliasName, ModelAlias } from "./model-alias.js";
export { queryAlias, RowsAlias } from "./rows-alias.js";
export { type JoinedFrom, joinedFrom } from "./joined-from.js";
export { hopKey, leadsThrough } from "./same-hop.js";
