export { combine, QExpression, whereExpression } from "./q.js";
