let latest = 0n;

/**
 * A UUID of version 7, which begins with the time in milliseconds: later ones are greater, those of one process in the
 * order in which they were made. As a default of a key, rows made one after another stand next to each other.
 *
 * @example
 * ```ts
 * class Order extends Model("order", { id: fields.uuid({ primaryKey: true, default: uuidv7 }) }) {
 *   static objects = manager(this);
 * }
 * ```
 */
export function uuidv7(): string {
  const random = crypto.getRandomValues(new Uint8Array(10));
  // 48 bits of milliseconds, and of what follows 12 that go on where one millisecond makes several.
  const now = (BigInt(Date.now()) << 12n) | (((BigInt(random[0] ?? 0) << 8n) | BigInt(random[1] ?? 0)) & 0x3ffn);
  latest = now > latest ? now : latest + 1n;
  const head = (latest >> 12n).toString(16).padStart(12, "0");
  const middle = (latest & 0xfffn).toString(16).padStart(3, "0");
  const tail = Array.from(random.subarray(2), (byte, at) => (at === 0 ? (byte & 0x3f) | 0x80 : byte));
  const rest = tail.map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return `${head.slice(0, 8)}-${head.slice(8)}-7${middle}-${rest.slice(0, 4)}-${rest.slice(4)}`;
}
