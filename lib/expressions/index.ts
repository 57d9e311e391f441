export {
  argument,
  call,
  combine,
  Expression,
  type Nulls,
  OrderExpression,
  QExpression,
  value,
  whereExpression,
} from "./expression.js";
export type { Frame } from "./said.js";
export { nodeOf, rawExpression } from "./raw.js";
export { filteredRelation } from "./filtered-relation.js";
