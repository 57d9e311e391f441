import { quoteText } from "../../databases/postgres/schema.js";
import { ConfigurationError } from "../../errors/index.js";
import { NeededPart } from "../../models/index.js";
import { onlyPostgres } from "../only-postgres.js";
import { quotedName } from "./index-items.js";

/**
 * An enum type as what columns need: made where it is not there, refused where it is there with other values, and dropped
 * where nothing is of it.
 */
export function enumPart(name: string, values: readonly string[]): NeededPart {
  const type = quotedName(name);
  return new NeededPart({
    name: `the type "${name}"`,
    form: values.join(", "),
    find: ({ engine }) => {
      refuseOthers(engine);
      return (
        "select (select json_agg(enumlabel order by enumsortorder)::text from pg_enum where enumtypid = t.oid), " +
        "exists(select from pg_depend where refclassid = 'pg_type'::regclass and refobjid in (t.oid, t.typarray) and deptype <> 'i') " +
        `from pg_type t where t.oid = to_regtype(${quoteText(type)})`
      );
    },
    create: ([found]) => {
      if (found === undefined) return [`CREATE TYPE ${type} AS ENUM (${values.map(quoteText).join(", ")})`];
      checkValues(name, values, found[0]);
      return [];
    },
    drop: ([found]) => (found === undefined || found[0] === null || found[1] === true ? [] : [`DROP TYPE ${type}`]),
  });
}

/** Refuses an enum field on another engine. */
export function refuseOthers(engine: string): void {
  onlyPostgres(engine, "enumField(…)", "fields.enumeration([…]) keeps one of several values on every engine.");
}

function checkValues(name: string, values: readonly string[], found: unknown): void {
  const there = found === null ? null : (JSON.parse(found as string) as string[]);
  if (there !== null && there.join("\0") === values.join("\0")) return;
  const what = there === null ? "is there, and no enum" : `is there with the values ${there.join(", ")}`;
  throw new ConfigurationError(
    `The type "${name}" ${what}, where enumField("${name}", …) has ${values.join(", ")}. ` +
      `Values are added to it by addEnumValue(db, "${name}", value, { before }), and kept in this order.`,
  );
}
