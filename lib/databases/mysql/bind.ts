import type { BindInteger } from "./driver.js";

const INT64 = 2n ** 63n;

/**
 * Parameters as the server shall see them: bytes as bytes, bigints as integers. A number goes as the double it is, which
 * costs the driver less and serves an index as well; with `wholeNumbers` as an integer where it is one, for SQL that is
 * not ours and may hold a LIMIT, which takes nothing else.
 */
export function bindAll(parameters: readonly unknown[], integer: BindInteger, wholeNumbers: boolean): unknown[] {
  const bound = new Array<unknown>(parameters.length);
  for (let index = 0; index < bound.length; index += 1) bound[index] = bind(parameters[index], integer, wholeNumbers);
  return bound;
}

function bind(value: unknown, integer: BindInteger, wholeNumbers: boolean): unknown {
  switch (typeof value) {
    case "number":
      return wholeNumbers && Number.isSafeInteger(value) && !Object.is(value, -0) ? integer(value) : value;
    case "bigint":
      return bindBig(value, integer);
    case "boolean":
      return value ? 1 : 0;
    default:
      return value instanceof Uint8Array ? Buffer.from(value.buffer, value.byteOffset, value.byteLength) : value;
  }
}

/** As a text it would be compared as a double. */
function bindBig(value: bigint, integer: BindInteger): unknown {
  if (value >= -INT64 && value < INT64) return integer(value);
  return value > 0n && value < 2n * INT64 ? integer.unsigned(value) : String(value);
}
