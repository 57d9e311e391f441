export { keyOfRow } from "./key-operand.js";
export { keyOrder, orderOf, type OrderTerm } from "./order.js";
export { parseFilter } from "./parse-filter.js";
export { isSliced, QUERY, queryOf, shapeKey } from "./query.js";
export {
  refuseSliced,
  withDistinct,
  withFilter,
  withNone,
  withOrder,
  withRelated,
  withReverse,
  withSlice,
  withTimeZone,
} from "./refine.js";
export type { RelatedBranch, RelatedTree } from "./related.js";
export { type ResolvedLookup, type ResolvedPath } from "./resolve-path.js";
export type { Combination, Condition, Filter, Negation, Predicate, Query } from "./tree.js";
