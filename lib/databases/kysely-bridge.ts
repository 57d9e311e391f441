import {
  createQueryId,
  createSelectQueryBuilder,
  type Expression,
  type ExpressionBuilder,
  expressionBuilder,
  Kysely,
  type SelectQueryBuilder,
  type SelectQueryNode,
  type SqlBool,
} from "kysely";
import { PortDialect, type PortDialectSettings } from "./kysely-dialect.js";

/** A Kysely instance over our own connections, for what lookups cannot say. Its tables are not typed. */
// Kysely's own idiom for a database whose tables are not declared to it.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type UntypedKysely = Kysely<any>;
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type UntypedSelect = SelectQueryBuilder<any, any, Record<string, unknown>>;

/** A condition made with Kysely's expression builder. The row's own columns are `C`, those of other tables untyped. */
export type BuildCondition<C> = (
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  builder: ExpressionBuilder<{ self: C } & { [table: string]: any }, "self">,
) => Expression<SqlBool>;

export function builderOfConditions(): object {
  return expressionBuilder();
}

/** SQL written with the `sql` tag of whichever Kysely is installed: another version's differs in type, but runs. */
export interface Sql<T> {
  execute(database: object): Promise<{ readonly rows: T[] }>;
}

export function makeKysely(settings: PortDialectSettings): UntypedKysely {
  return new Kysely({ dialect: new PortDialect(settings) });
}

/** A builder that goes on from a query written by us. */
export function selectFrom(kysely: UntypedKysely, queryNode: SelectQueryNode): UntypedSelect {
  return createSelectQueryBuilder({ queryId: createQueryId(), executor: kysely.getExecutor(), queryNode });
}
