/** What the portable JSON functions are to make of values, in plain JavaScript. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
export type Step = string | number;

function child(value: Json | undefined, step: Step): Json | undefined {
  if (Array.isArray(value)) return typeof step === "number" ? value[step] : undefined;
  if (value === null || typeof value !== "object" || typeof step === "number") return undefined;
  return Object.hasOwn(value, step) ? value[step] : undefined;
}

export function at(value: Json, path: readonly Step[]): Json | undefined {
  return path.reduce<Json | undefined>(child, value);
}

function wrapped(path: readonly Step[], held: Json): Json | undefined {
  const [step, ...rest] = path;
  if (step === undefined) return held;
  const inner = wrapped(rest, held);
  if (inner === undefined || (typeof step === "number" && step !== 0)) return undefined;
  return typeof step === "number" ? [inner] : { [step]: inner };
}

export type Mode = "set" | "insert" | "replace" | "append";

export function written(value: Json, path: readonly Step[], held: Json, mode: Mode): Json {
  const [step, ...rest] = path;
  if (step === undefined) {
    if (mode === "append") return Array.isArray(value) ? [...value, held] : value;
    return mode === "insert" ? value : held;
  }
  const there = child(value, step);
  if (!isPlace(value, step) || (there === undefined && mode === "replace")) return value;
  const next =
    there === undefined ? wrapped(rest, mode === "append" ? [held] : held) : written(there, rest, held, mode);
  return next === undefined ? value : withChild(value, step, next);
}

/** True where a value has such a child, or can be given one. */
function isPlace(value: Json, step: Step): boolean {
  if (Array.isArray(value)) return typeof step === "number" && step <= value.length;
  return typeof step === "string" && value !== null && typeof value === "object";
}

function withChild(value: Json, step: Step, next: Json): Json {
  if (Array.isArray(value)) return [...value.slice(0, step as number), next, ...value.slice((step as number) + 1)];
  return { ...(value as { [key: string]: Json }), [step]: next };
}

export function removed(value: Json, path: readonly Step[]): Json {
  const [step, ...rest] = path;
  if (step === undefined || child(value, step) === undefined) return value;
  if (rest.length > 0) {
    const next = removed(child(value, step) as Json, rest);
    if (Array.isArray(value)) return value.map((item, index) => (index === step ? next : item));
    return { ...(value as { [key: string]: Json }), [step]: next };
  }
  if (Array.isArray(value)) return value.filter((_, index) => index !== step);
  return Object.fromEntries(Object.entries(value as object).filter(([key]) => key !== step));
}

/** RFC 7396, section 2. */
export function patched(value: Json | undefined, patch: Json): Json {
  if (patch === null || typeof patch !== "object" || Array.isArray(patch)) return patch;
  const isObject = value !== null && typeof value === "object" && !Array.isArray(value);
  const result: { [key: string]: Json } = isObject ? { ...value } : {};
  for (const [key, item] of Object.entries(patch)) {
    if (item === null) delete result[key];
    else result[key] = patched(result[key], item);
  }
  return result;
}

export function typeOf(value: Json | undefined): string | null {
  if (value === undefined) return null;
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}

export function lengthOf(value: Json | undefined): number | null {
  if (value === undefined || value === null || typeof value !== "object") return null;
  return Array.isArray(value) ? value.length : Object.keys(value).length;
}
