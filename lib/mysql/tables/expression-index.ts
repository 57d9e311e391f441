import { ConfigurationError, NotSupportedError } from "../../errors/index.js";
import { IndexPart } from "../../models/index.js";
import type { OwnIndex } from "../../types/model.js";
import { printable } from "../../util/printable.js";
import { onlyMysql } from "../only-mysql.js";
import { checkName, checkOptions } from "../options.js";

/** Options of `expressionIndex(expression, options)`. */
export interface ExpressionIndexOptions {
  /** Its name in the database. */
  readonly name: string;
  readonly unique?: boolean;
}

/**
 * An index over what an expression gives, which reaches the database as written. MySQL's alone: on MariaDB declare a field
 * with `generatedAs`, or a `virtualColumn`, and an index over that.
 *
 * @example
 * ```ts no-run
 * class Order extends Model("order", { price: fields.integer(), count: fields.integer() }, {
 *   indexes: [expressionIndex("price * count", { name: "order_total" })],
 * }) {}
 * // CREATE INDEX `order_total` ON `order` ((price * count))
 * ```
 * @throws NotSupportedError, by `createTables`, on other engines and on MariaDB.
 */
export function expressionIndex(expression: string, options: ExpressionIndexOptions): OwnIndex<never> {
  const where = "expressionIndex(expression, options)";
  if (typeof expression !== "string" || expression.trim() === "") {
    throw new ConfigurationError(`${where}: expected an SQL expression, got ${printable(expression)}.`);
  }
  checkOptions(options, ["name", "unique"], where);
  const { name, unique = false } = options;
  checkName(name, `${where}: name`);
  if (typeof unique !== "boolean") {
    throw new ConfigurationError(`${where}: unique is true or false, got ${printable(unique)}.`);
  }
  const part = new IndexPart(
    (context) => {
      const { engine, label, table } = context;
      onlyMysql(
        { name: engine, label },
        "expressionIndex(…)",
        "Declare a field with generatedAs, and an index over that.",
      );
      if (label === "MariaDB") {
        throw new NotSupportedError(`MariaDB has no index over an expression, as "${name}" would be.`, {
          hint: "Declare a field with generatedAs, or a virtualColumn(…), and an index over that.",
        });
      }
      return [`CREATE ${unique ? "UNIQUE " : ""}INDEX ${context.quote(name)} ON ${table} ((${expression}))`];
    },
    () => name,
  );
  return part as unknown as OwnIndex<never>;
}
