import type { OperationNode } from "kysely";
import type { JsonShape } from "../../util/json-shape.js";
import type { Encode } from "./types.js";

/** Makes a parameter of a slot: of all it holds, or of one of the items of its list. */
export type BindJson = (encode: Encode | null, item?: number) => OperationNode;

/** What engines do with JSON. Values stand in slots as canonical JSON text, paths as lists of steps. */
export interface JsonOperations {
  /** What stands at a path, as JSON; NULL where nothing does. `kinds`: see `stepKinds`. */
  at(node: OperationNode, kinds: string, bind: BindJson): OperationNode;
  /** JSON's text as text, NULL for what is no text; compared by code point. */
  text(node: OperationNode): OperationNode;
  /** JSON's number as a number, NULL for what is none. */
  number(node: OperationNode): OperationNode;
  /** The same as a float, for what is worked out further. */
  float(node: OperationNode): OperationNode;
  boolean(node: OperationNode): OperationNode;
  /** Equal as JSON, whatever the order of keys. */
  equals(node: OperationNode, shape: JsonShape, bind: BindJson): OperationNode;
  /** Two JSON values of the database's own. */
  equal(left: OperationNode, right: OperationNode): OperationNode;
  /** Equal to one of a list. */
  oneOf(node: OperationNode, length: number, bind: BindJson): OperationNode;
  /** PostgreSQL's `@>`. */
  contains(node: OperationNode, shape: JsonShape, bind: BindJson): OperationNode;
  /** PostgreSQL's `<@`. */
  containedBy(node: OperationNode, shape: JsonShape, bind: BindJson): OperationNode;
  /** An object that has all, or any, of a list of keys; `kind` is that of the keys. */
  hasKeys(node: OperationNode, how: "all" | "any", kind: string, length: number, bind: BindJson): OperationNode;
  /** What JSON of all types is ordered by: by type, then by value; NULL is NULL. */
  sortKeys(node: OperationNode): readonly OperationNode[];
}
