export { keyOfRow } from "./key-operand.js";
export { keyOrder, orderOf, type OrderTerm } from "./order.js";
export { isSliced, QUERY, queryOf, shapeKey } from "./query.js";
export {
  refuseSliced,
  withDistinct,
  withFilter,
  withFirst,
  withNone,
  withoutOrder,
  withOrder,
  withRelated,
  withReverse,
  withSlice,
  withTimeZone,
} from "./refine.js";
export type { RelatedTree } from "./related.js";
export type { Condition, Filter, Predicate, Query } from "./tree.js";
