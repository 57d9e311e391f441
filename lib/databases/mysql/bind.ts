import type { BindInteger } from "./driver.js";

const INT64 = 2n ** 63n;

/** Parameters as the server shall see them: whole numbers as integers (LIMIT takes nothing else), bytes as bytes. */
export function bindAll(parameters: readonly unknown[], integer: BindInteger): unknown[] {
  return parameters.map((value) => bind(value, integer));
}

function bind(value: unknown, integer: BindInteger): unknown {
  switch (typeof value) {
    case "number":
      return Number.isSafeInteger(value) && !Object.is(value, -0) ? integer(value) : value;
    case "bigint":
      return value >= -INT64 && value < INT64 ? integer(value) : String(value);
    case "boolean":
      return integer(value ? 1 : 0);
    default:
      return value instanceof Uint8Array ? Buffer.from(value.buffer, value.byteOffset, value.byteLength) : value;
  }
}
