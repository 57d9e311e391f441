export { readTotals, type Totals, withAnnotations, withPicked } from "./annotate.js";
export { Reader } from "./parse-filter.js";
export { type ReadTerm, readTerm, toldAs } from "./read-term.js";
export { keyOfRow } from "./key-operand.js";
export { keyOrder, orderOf } from "./order.js";
export { isSliced, QUERY, queryOf, shapeKey } from "./query.js";
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
  withSlice,
  withTimeZone,
} from "./refine.js";
export type { RelatedTree } from "./related.js";
export { sameTerm } from "./same-term.js";
export { asksWindow, holdsAggregate, holdsWindow, isOfMany, partsOf, splitByWindow, termsIn } from "./term.js";
export type {
  AggregateTerm,
  Annotation,
  Condition,
  Filter,
  OrderTerm,
  Picked,
  PickedItem,
  PlacedTerm,
  Predicate,
  Query,
  SortTerm,
  Term,
  WindowTerm,
} from "./tree.js";
export { resolveValue } from "./resolve-path.js";
