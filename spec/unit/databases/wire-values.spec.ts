import { expect, it } from "vitest";
import { ConfigurationError } from "dunder-orm";
import { wireValues } from "../../../lib/databases/postgres/wire-values.js";

it.each([
  ["text as it is", "a'b", "a'b"],
  ["numbers", -0.5, "-0.5"],
  ["big integers", 2n ** 63n, "9223372036854775808"],
  ["booleans", false, "false"],
  ["nothing", undefined, null],
  ["null", null, null],
  ["bytes", Uint8Array.of(0, 255).subarray(1), Buffer.from([255])],
  ["instants in UTC", new Date(0), "1970-01-01T00:00:00.000Z"],
  ["objects as JSON", { a: [1, "x"] }, '{"a":[1,"x"]}'],
  ["lists as arrays", [1, null, 'a"b\\', [true], Buffer.from([1])], '{1,NULL,"a\\"b\\\\",{true},"\\\\x01"}'],
  [
    "what writes itself",
    { toPostgres: (write: (value: unknown) => unknown) => [write(1), new Date(0)] },
    '{"1","1970-01-01T00:00:00.000Z"}',
  ],
])("PostgreSQL is sent %s", (_, value, sent) => {
  expect(wireValues([value])).toEqual([sent]);
});

it.each([() => 1, Symbol("x")])("PostgreSQL is not sent %s", (value) => {
  expect(() => wireValues([value])).toThrow(ConfigurationError);
});
