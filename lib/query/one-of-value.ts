import { refuse } from "../fields/index.js";
import type { Operand } from "../lookups/index.js";
import { areRowsOf, type ForeignKeyMeta, metaOfRow, type OneOfMeta } from "../models/index.js";
import { printable } from "../util/printable.js";
import { keyParts } from "./key-operand.js";

/** What a relation to one of several models is given, told apart by kind. */
export interface KindGiven {
  readonly kind: string;
  readonly arm: ForeignKeyMeta;
  /** A row of the kind's model, or its key. */
  readonly value: unknown;
}

/** Of which kind a row is, or a key that is given by its kind: `{ post: 3 }`. Throws a `Refusal` for anything else. */
export function kindGiven({ arms }: OneOfMeta, given: unknown): KindGiven {
  const meta = metaOfRow(given);
  if (meta !== null) {
    for (const [kind, arm] of arms) if (areRowsOf(meta, arm.target)) return { kind, arm, value: given };
    return refuse(`expected a row of ${namesOr(arms)}, got one of ${meta.name}.`);
  }
  const entries = given !== null && typeof given === "object" && !Array.isArray(given) ? Object.entries(given) : [];
  const [[kind, value] = ["", undefined], ...more] = entries as [string, unknown][];
  const arm = arms.get(kind);
  if (arm !== undefined && more.length === 0 && value !== null && value !== undefined) return { kind, arm, value };
  const [first] = arms.keys();
  return refuse(
    `expected a row of ${namesOr(arms)}, or a key by its kind such as { ${first}: 1 }, got ${printable(given)}. ` +
      `Kinds: ${[...arms.keys()].join(", ")}.`,
  );
}

function namesOr(arms: OneOfMeta["arms"]): string {
  return [...arms.values()].map(({ target }) => target.name).join(" or ");
}

/** What a relation to one of several models is compared with, as its columns hold it. */
export function oneOfOperand(field: OneOfMeta): Operand {
  const parts = field.columns.map(({ family, type, scalar }): Operand => ({
    family,
    type,
    convert: scalar.convert,
    scalar,
  }));
  const convert = (given: unknown) => {
    const { arm, value } = kindGiven(field, given);
    return keyParts(value, arm.target, arm.targetColumns);
  };
  return { ...(parts[0] as Operand), parts, convert };
}

/** A lookup of a relation with columns for each of several models as lookups of these, any of which may hold. */
export function lookupsByKind(field: OneOfMeta, lookup: string, given: unknown): [string, unknown][] {
  if (lookup !== "in") {
    const { kind, value } = kindGiven(field, given);
    return [[lookup === "exact" ? kind : `${kind}__${lookup}`, value]];
  }
  if (!Array.isArray(given) && !(given instanceof Set)) {
    const [first] = field.arms.keys();
    return refuse(
      `expected a list of rows. A queryset has rows of one model: name its kind, ${field.name}__${first}__in.`,
    );
  }
  const lists = new Map<string, unknown[]>();
  for (const item of given as Iterable<unknown>) {
    if (item === null) continue;
    const { kind, value } = kindGiven(field, item);
    const list = lists.get(kind);
    if (list === undefined) lists.set(kind, [value]);
    else list.push(value);
  }
  return [...lists].map(([kind, list]) => [`${kind}__in`, list]);
}
