/** What JSON lookups mean, in plain JavaScript. `undefined` stands for nothing: SQL's NULL, or a key that is not there. */

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
export type Found = Json | undefined;
export type Step = string | number;

export function at(value: Found, steps: readonly Step[]): Found {
  return steps.reduce<Found>((found, step) => {
    if (typeof step === "number") return Array.isArray(found) ? (found as readonly Json[])[step] : undefined;
    return isObject(found) && Object.hasOwn(found, step) ? found[step] : undefined;
  }, value);
}

function isObject(value: Found): value is { readonly [key: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function same(one: Found, other: Found): boolean {
  if (Array.isArray(one) && Array.isArray(other)) {
    return one.length === other.length && one.every((item, index) => same(item as Json, other[index] as Json));
  }
  if (!isObject(one) || !isObject(other)) return one !== undefined && one === other;
  const keys = Object.keys(one);
  return (
    keys.length === Object.keys(other).length &&
    keys.every((key) => Object.hasOwn(other, key) && same(one[key], other[key]))
  );
}

/** As PostgreSQL's `@>` has it. */
function holds(whole: Json, part: Json): boolean {
  const isScalar = part === null || typeof part !== "object";
  if (isScalar && Array.isArray(whole)) return whole.some((item) => same(item as Json, part));
  return holdsWithin(whole, part);
}

function holdsWithin(whole: Json, part: Json): boolean {
  if (Array.isArray(part)) {
    return Array.isArray(whole) && part.every((item) => whole.some((each) => holdsWithin(each as Json, item as Json)));
  }
  if (!isObject(part)) return same(whole, part);
  return (
    isObject(whole) &&
    Object.entries(part).every(([key, item]) => Object.hasOwn(whole, key) && holdsWithin(whole[key] as Json, item))
  );
}

function compared(found: Found, value: Json, is: (order: number) => boolean): boolean {
  if (typeof found === "number" && typeof value === "number") return is(found - value);
  if (typeof found === "string" && typeof value === "string") return is(byCodePoint(found, value));
  return false;
}

function byCodePoint(one: string, other: string): number {
  return Buffer.compare(Buffer.from(one), Buffer.from(other));
}

const inText = (is: (found: string, sought: string) => boolean) => (found: Found, value: Json) =>
  typeof found === "string" && typeof value === "string" && is(found, value);
const folded = (is: (found: string, sought: string) => boolean) =>
  inText((found, sought) => is(found.toLowerCase(), sought.toLowerCase()));
const has = (found: Found, key: Json) => isObject(found) && Object.hasOwn(found, key as string);

/** Whether a lookup holds of what was found; `behindPath` where that was at the end of a path. */
export const LOOKUPS: Readonly<Record<string, (found: Found, value: Json, behindPath: boolean) => boolean>> = {
  exact: same,
  ne: (found, value) => !same(found, value),
  in: (found, value) => (value as Json[]).some((item) => same(found, item)),
  gt: (found, value) => compared(found, value, (order) => order > 0),
  gte: (found, value) => compared(found, value, (order) => order >= 0),
  lt: (found, value) => compared(found, value, (order) => order < 0),
  lte: (found, value) => compared(found, value, (order) => order <= 0),
  range: (found, value) => {
    const [from, to] = value as [Json, Json];
    return compared(found, from, (order) => order >= 0) && compared(found, to, (order) => order <= 0);
  },
  isnull: (found, value) => (found === undefined) === value,
  iexact: (found, value) => (value === null ? found === null : folded((a, b) => a === b)(found, value)),
  contains: (found, value, behindPath) =>
    found !== undefined &&
    (holds(found, value) || (behindPath && inText((text, sought) => text.includes(sought))(found, value))),
  icontains: folded((found, sought) => found.includes(sought)),
  startswith: inText((found, sought) => found.startsWith(sought)),
  istartswith: folded((found, sought) => found.startsWith(sought)),
  endswith: inText((found, sought) => found.endsWith(sought)),
  iendswith: folded((found, sought) => found.endsWith(sought)),
  contained_by: (found, value) => found !== undefined && holds(value, found),
  has_key: has,
  has_keys: (found, value) => found !== undefined && (value as Json[]).every((key) => has(found, key)),
  has_any_keys: (found, value) => (value as Json[]).some((key) => has(found, key)),
};
