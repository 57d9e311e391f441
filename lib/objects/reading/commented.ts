import type { Plan } from "../../compile/index.js";
import type { Statement } from "../../databases/ports/index.js";
import type { Query } from "../../query/index.js";

/**
 * The statement that is sent for a query: its plan's own, or that with the query's comment behind it. Commented ones are
 * as many as there are comments, so that no driver is to keep them prepared.
 */
export function statementOf({ statement }: Plan, { comment }: Query): Statement {
  if (comment === null) return statement;
  return { ...statement, sql: `${statement.sql} /* ${comment} */`, once: true };
}
