export { combine, QExpression, type QConnector, whereExpression } from "./q.js";
