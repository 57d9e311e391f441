import type { Engine } from "../databases/ports/index.js";
import { NotSupportedError } from "../errors/index.js";
import { type ColumnMeta, type ModelMeta, singleKey } from "../models/index.js";

/** One column of CREATE TABLE: `"title" varchar(100) NOT NULL`. */
export function columnClause(engine: Engine, meta: ModelMeta, column: ColumnMeta): string {
  const { schema } = engine;
  const { dbDefault, generatedAs, check, comment } = column.options;
  const name = schema.quote(column.name);
  if (column.generated) {
    const { sqlType, inlinePrimaryKey } = schema.generatedKey(column.type);
    return inlinePrimaryKey ? `${name} ${sqlType}` : `${name} ${sqlType} PRIMARY KEY`;
  }
  const clauses = [name, sqlTypeOf(engine, column)];
  if (generatedAs !== undefined) clauses.push(generatedClause(engine, meta, generatedAs));
  // MariaDB takes no NOT NULL on a generated column; what the expression gives is what there is.
  if (!column.nullable && generatedAs === undefined) clauses.push("NOT NULL");
  if (dbDefault !== undefined) clauses.push(`DEFAULT ${defaultLiteral(engine, column, dbDefault)}`);
  if (singleKey(meta) === column) clauses.push("PRIMARY KEY");
  else if (column.unique) clauses.push("UNIQUE");
  if (check !== undefined) clauses.push(`CHECK (${check})`);
  return clauses.join(" ") + (comment === undefined ? "" : schema.inlineComment(comment));
}

function generatedClause({ schema, label }: Engine, meta: ModelMeta, given: string | readonly [string]): string {
  if (typeof given === "string") return schema.generatedAs(given);
  if (schema.virtualAs !== undefined) return schema.virtualAs(given[0]);
  throw new NotSupportedError(`${meta.name}: ${label} has no generated columns that are not kept.`, {
    hint: "Say generatedAs, which keeps them.",
  });
}

function sqlTypeOf(engine: Engine, column: ColumnMeta): string {
  const { type } = column;
  return type.customSqlType === null ? engine.types.sqlType(type) : type.customSqlType(engine.name);
}

function defaultLiteral(engine: Engine, column: ColumnMeta, value: unknown): string {
  if (value === null) return engine.schema.literal(null);
  const converted = column.scalar.convert(value);
  const encode = column.type.customCodec?.toDb ?? engine.types.encoder(column.type);
  return engine.schema.literal(encode === null ? converted : encode(converted));
}
