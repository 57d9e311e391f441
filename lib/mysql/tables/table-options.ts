import { ConfigurationError } from "../../errors/index.js";
import { type SchemaContext, TableForm } from "../../models/index.js";
import type { OwnTable } from "../../types/model.js";
import { printable } from "../../util/printable.js";
import { onlyMysql } from "../only-mysql.js";
import { checkName, checkOptions, checkWord, fieldList } from "../options.js";

/** How a table is cut into partitions. Every key of it must hold the fields, and no foreign key may. */
export type PartitionOptions<Name extends string = string> =
  | { readonly hash: Name; readonly partitions: number }
  | { readonly key: Name | readonly Name[]; readonly partitions: number }
  | { readonly range: Name; readonly below: readonly (number | bigint | string)[]; readonly rest?: boolean };

/** Options of `tableOptions({ … })`. */
export interface MysqlTableOptions<Name extends string = string> {
  /** The storage engine: "InnoDB" unless given. Others may have neither transactions nor foreign keys. */
  readonly engine?: string;
  readonly rowFormat?: "default" | "dynamic" | "fixed" | "compressed" | "redundant" | "compact";
  /** The character set and the collation of columns that name none. Those of fields do: they compare texts exactly. */
  readonly charset?: string;
  readonly collation?: string;
  /** Where generated keys begin. */
  readonly autoIncrement?: number;
  readonly partitionBy?: PartitionOptions<Name>;
}

const ROW_FORMATS = ["default", "dynamic", "fixed", "compressed", "redundant", "compact"];
const WHERE = "tableOptions({ … })";
const MOST_PARTITIONS = 1024;

/**
 * What stands behind a table's columns: its storage engine, row format, partitions, and the character set and collation of columns that name none.
 *
 * @example
 * ```ts no-run
 * class Visit extends Model("visit", { day: fields.date(), page: fields.integer() }, {
 *   primaryKey: ["day", "page"],
 *   table: tableOptions({ rowFormat: "compressed", partitionBy: { key: "day", partitions: 8 } }),
 * }) {}
 * // CREATE TABLE `visit` (…) ENGINE=InnoDB … ROW_FORMAT=COMPRESSED PARTITION BY KEY (`day`) PARTITIONS 8
 * ```
 * @throws ConfigurationError for what the options do not know; NotSupportedError, by `createTables`, on other engines.
 */
export function tableOptions<const Name extends string = never>(options: MysqlTableOptions<Name>): OwnTable<Name> {
  checkOptions(options, ["engine", "charset", "collation", "rowFormat", "autoIncrement", "partitionBy"], WHERE);
  const { engine, charset, collation, rowFormat, autoIncrement, partitionBy } = options;
  if (charset !== undefined) checkName(charset, `${WHERE}: charset`);
  if (collation !== undefined) checkName(collation, `${WHERE}: collation`);
  if (engine !== undefined) checkName(engine, `${WHERE}: engine`);
  checkWord(rowFormat, ROW_FORMATS, `${WHERE}: rowFormat`);
  if (autoIncrement !== undefined) checkCount(autoIncrement, Number.MAX_SAFE_INTEGER, "autoIncrement");
  if (partitionBy !== undefined) checkPartitions(partitionBy);
  const form = new TableForm({
    create: ({ head, columns, constraints, suffix }, context) => {
      onlyMysql({ name: context.engine, label: context.label }, "tableOptions(…)", "Leave the option table out.");
      const own = engine === undefined ? suffix : suffix.replace(/ENGINE=\w+/, `ENGINE=${engine}`);
      const kept = own.replace(/DEFAULT CHARSET=\w+ COLLATE=\w+/, (usual) => textsOf(charset, collation) ?? usual);
      const more = [
        ...(rowFormat === undefined ? [] : [`ROW_FORMAT=${rowFormat.toUpperCase()}`]),
        ...(autoIncrement === undefined ? [] : [`AUTO_INCREMENT=${autoIncrement}`]),
        ...(partitionBy === undefined ? [] : [partitionClause(partitionBy, context)]),
      ];
      return [[`${head} (${[...columns, ...constraints].join(", ")})${kept}`, ...more].join(" ")];
    },
  });
  return form as unknown as OwnTable<Name>;
}

/** A collation is one of a character set, and a character set has one of its own. */
function textsOf(charset: string | undefined, collation: string | undefined): string | null {
  if (charset === undefined && collation === undefined) return null;
  return [
    ...(charset === undefined ? [] : [`DEFAULT CHARSET=${charset}`]),
    ...(collation === undefined ? [] : [`COLLATE=${collation}`]),
  ].join(" ");
}

function partitionClause(options: PartitionOptions, context: SchemaContext): string {
  const list = (fields: string | readonly string[]): string =>
    fieldList(fields, WHERE)
      .flatMap((field) => context.columns(field, "table"))
      .join(", ");
  if ("hash" in options) return `PARTITION BY HASH (${list(options.hash)}) PARTITIONS ${options.partitions}`;
  if ("key" in options) return `PARTITION BY KEY (${list(options.key)}) PARTITIONS ${options.partitions}`;
  const { range, below, rest = false } = options;
  const bounds = [
    ...below.map((bound) => context.literal(bound).replace(/^\((.*)\)$/s, "$1")),
    ...(rest ? ["MAXVALUE"] : []),
  ];
  const parts = bounds.map((bound, at) => `PARTITION p${at} VALUES LESS THAN (${bound})`);
  // Of columns, so that days and texts will do as well as numbers.
  return `PARTITION BY RANGE COLUMNS (${list(range)}) (${parts.join(", ")})`;
}

function checkPartitions(options: PartitionOptions): void {
  const where = `${WHERE}: partitionBy`;
  checkOptions(options, ["hash", "key", "range", "partitions", "below", "rest"], where);
  const kinds = ["hash", "key", "range"].filter((kind) => kind in options);
  if (kinds.length !== 1) {
    throw new ConfigurationError(
      `${where}: expected one of hash, key and range, got ${kinds.join(" and ") || "none"}.`,
    );
  }
  fieldList((options as Readonly<Record<string, unknown>>)[kinds[0] as string], where);
  if (!("range" in options)) return checkCount(options.partitions, MOST_PARTITIONS, "partitionBy.partitions");
  const below: unknown = options.below;
  const isList = Array.isArray(below) && below.length > 0 && below.every(isBound);
  if (!isList) throw new ConfigurationError(`${where}: below is a list of numbers or texts, got ${printable(below)}.`);
  if (options.rest !== undefined && typeof options.rest !== "boolean") {
    throw new ConfigurationError(`${where}: rest is true or false, got ${printable(options.rest)}.`);
  }
}

function isBound(value: unknown): boolean {
  return (
    typeof value === "string" || typeof value === "bigint" || (typeof value === "number" && Number.isFinite(value))
  );
}

function checkCount(value: unknown, most: number, name: string): void {
  if (typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= most) return;
  throw new ConfigurationError(`${WHERE}: ${name} is a whole number from 1 to ${most}, got ${printable(value)}.`);
}
