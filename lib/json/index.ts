import type { AnyExpression, Call, ClaimsOf, Expression, NodeOf, Typed } from "../types/expression.js";
import type { Json } from "../types/json-value.js";
import { jsonMergePatch } from "./merge-patch.js";
import { jsonExtract, jsonLength, jsonType } from "./questions.js";
import { jsonRemove } from "./removal.js";
import { jsonAppend, jsonInsert, jsonReplace, jsonSet } from "./writes.js";

/** A step into JSON: a text is a key of an object, whatever it looks like, and a number an index of an array. */
export type JsonStep = string | number;
/** Where something stands in JSON: a list of steps, or a single one. */
export type JsonPath = JsonStep | readonly JsonStep[];
/** What is written into JSON: a value as it is (a string is a text, not a path), or an expression. */
export type JsonGiven = Json | AnyExpression | { readonly [key: string]: unknown } | readonly unknown[];

type Target = string | AnyExpression;
type Same<X, V> = Expression<Call<"same", [NodeOf<X>]>, ClaimsOf<X> | (V extends AnyExpression ? ClaimsOf<V> : never)>;
type Write = <const X extends Target, const V extends JsonGiven>(target: X, path: JsonPath, value: V) => Same<X, V>;

/** What JSON is made of. */
export type JsonTypeName = "object" | "array" | "string" | "number" | "boolean" | "null";

interface JsonFunctions {
  JsonSet: Write;
  JsonInsert: Write;
  JsonReplace: Write;
  JsonAppend: Write;
  JsonRemove: <const X extends Target>(target: X, ...paths: readonly [JsonPath, ...JsonPath[]]) => Same<X, never>;
  JsonMergePatch: <const X extends Target, const V extends JsonGiven>(target: X, patch: V) => Same<X, V>;
  JsonType: <const X extends Target>(
    target: X,
    path?: JsonPath,
  ) => Expression<Typed<JsonTypeName, true, "text">, ClaimsOf<X>>;
  JsonLength: <const X extends Target>(
    target: X,
    path?: JsonPath,
  ) => Expression<Typed<number, true, "number">, ClaimsOf<X>>;
  JsonExtract: <const X extends Target>(
    target: X,
    ...paths: readonly [JsonPath, ...JsonPath[]]
  ) => Expression<Typed<Json, true, "json">, ClaimsOf<X>>;
}

// What they take is told by their types, and checked where they are called.
const typed = {
  JsonSet: jsonSet,
  JsonInsert: jsonInsert,
  JsonReplace: jsonReplace,
  JsonAppend: jsonAppend,
  JsonRemove: jsonRemove,
  JsonMergePatch: jsonMergePatch,
  JsonType: jsonType,
  JsonLength: jsonLength,
  JsonExtract: jsonExtract,
} as unknown as JsonFunctions;

/**
 * JSON with a value at a path, for `update`: what is there is replaced, what is not is made, and so are objects and
 * arrays around it. An array grows by one item at a time (a longer way is no way), and nothing is made inside a text, a
 * number or null: then all stays as it is. NULL stays NULL. The same on every engine.
 *
 * @example
 * ```ts
 * await Item.objects.filter({ pk: 1 }).update({ data: JsonSet("data", ["owner", "name"], "Ann") });
 * // SQLite: UPDATE "item" SET "data" = json_set("data", '$."owner"."name"', json('"Ann"')) …
 * ```
 * @throws FieldError for a path that is none, for values that JSON has not, and for fields of another kind;
 *   NotSupportedError on MariaDB for keys that begin with a hyphen, which it cannot find.
 */
export const JsonSet: Write = typed.JsonSet;
/** The same where nothing stands at the path; what does is left as it is. */
export const JsonInsert: Write = typed.JsonInsert;
/** The same where something stands at the path; nothing is made. */
export const JsonReplace: Write = typed.JsonReplace;
/**
 * JSON with a value behind the last one of the array at a path, which is made where there is nothing.
 *
 * @example
 * ```ts
 * await Item.objects.filter({ pk: 1 }).update({ data: JsonAppend("data", "tags", "new") });
 * ```
 */
export const JsonAppend: Write = typed.JsonAppend;
/**
 * JSON without what stands at paths; one after another, so that items behind one that went have moved up. Where a path
 * leads nowhere, nothing goes.
 *
 * @example
 * ```ts
 * await Item.objects.filter({ pk: 1 }).update({ data: JsonRemove("data", ["tags", 0], "draft") });
 * // SQLite: UPDATE "item" SET "data" = json_remove("data", '$."tags"[0]', '$."draft"') …
 * ```
 */
export const JsonRemove: JsonFunctions["JsonRemove"] = typed.JsonRemove;
/**
 * JSON with a merge patch (RFC 7396): keys of objects are set, one by one and at any depth; a null takes its key away,
 * and anything else, arrays too, replaces what was there.
 *
 * @example
 * ```ts
 * await Item.objects.filter({ pk: 1 }).update({ data: JsonMergePatch("data", { owner: { name: "Ann" }, draft: null }) });
 * // SQLite: UPDATE "item" SET "data" = json_patch("data", '{"owner":{"name":"Ann"},"draft":null}') …
 * ```
 * @throws NotSupportedError on PostgreSQL for a patch that is an expression.
 */
export const JsonMergePatch: JsonFunctions["JsonMergePatch"] = typed.JsonMergePatch;
/**
 * What JSON, or what stands in it, is: "object", "array", "string", "number", "boolean" or "null"; NULL where nothing is.
 *
 * @example
 * ```ts
 * Item.objects.annotate({ kind: JsonType("data", "tags") }).filter({ kind: "array" });
 * ```
 */
export const JsonType: JsonFunctions["JsonType"] = typed.JsonType;
/** How many items an array has, or how many keys an object; NULL for anything else. */
export const JsonLength: JsonFunctions["JsonLength"] = typed.JsonLength;
/**
 * What stands at a path, as a value; of several paths a list of what stands there, with null where nothing does.
 *
 * @example
 * ```ts
 * await Item.objects.values("id", { name: JsonExtract("data", ["owner", "name"]) }).all();
 * ```
 */
export const JsonExtract: JsonFunctions["JsonExtract"] = typed.JsonExtract;
