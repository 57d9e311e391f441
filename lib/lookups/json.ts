import { convertJson, convertText, refuse } from "../fields/index.js";
import { canonicalJson } from "../util/canonical-json.js";
import { deepShape, type JsonShape, shallowShape, stepKinds } from "../util/json-shape.js";
import { printable } from "../util/printable.js";
import { isnull } from "./comparisons.js";
import type { Form, Lookup } from "./lookup.js";
import { texts } from "./texts.js";

/** Lookups of JSON. Values to be found as JSON stand in slots as canonical JSON text, so that null is a value, too. */

/** A value as JSON has it: without what is undefined, what has a form of its own in JSON in that form. */
function plain(value: unknown): unknown {
  if (value === undefined) refuse("got undefined. Leave the key out, or give null or a value.");
  return JSON.parse(JSON.stringify(convertJson(value)));
}

type ShapeOf = (value: unknown) => JsonShape;

function found(name: string, shapeOf: ShapeOf): Lookup {
  return {
    name,
    families: ["json"],
    prepare(value, _operand, slots): Form {
      slots.push(canonicalJson(plain(value)));
      return "v";
    },
    shapeOf: (value) => shapeOf(plain(value)),
  };
}

const inList: Lookup = {
  name: "in",
  families: ["json"],
  prepare(value, _operand, slots): Form {
    if (value === undefined) refuse("got undefined. Leave the key out, or give null or a value.");
    if (!Array.isArray(value) && !(value instanceof Set)) {
      return refuse(`expected a list or a queryset, got ${printable(value)}.`);
    }
    const items = [...(value as Iterable<unknown>)].map((item) => canonicalJson(plain(item)));
    if (items.length === 0) return "never";
    slots.push(items);
    return "l";
  },
};

/** Numbers are compared with numbers and texts with texts, so the value's type is part of what is asked. */
function bound(value: unknown): number | string {
  if (value === undefined) refuse("got undefined. Leave the key out, or give null or a value.");
  if (typeof value === "string") return convertText(value);
  if (typeof value === "number" && Number.isFinite(value)) return value;
  if (value === null) return refuse("cannot be null. Use isnull to ask for a missing key.");
  return refuse(`expected a number or a text: nothing else in JSON has an order. Got ${printable(value)}.`);
}

function ordered(name: string): Lookup {
  return {
    name,
    families: ["json"],
    prepare(value, _operand, slots): Form {
      slots.push(bound(value));
      return "v";
    },
    shapeOf: shallowShape,
  };
}

const range: Lookup = {
  name: "range",
  families: ["json"],
  prepare(value, _operand, slots): Form {
    if (!Array.isArray(value) || value.length !== 2) {
      return refuse(`expected a pair [from, to], got ${printable(value)}.`);
    }
    const [from, to] = value.map(bound);
    if (typeof from !== typeof to) return refuse("expected two numbers or two texts.");
    slots.push(from, to);
    return "r";
  },
  shapeOf: (value) => shallowShape((value as unknown[])[0]),
};

const hasKey: Lookup = {
  name: "has_key",
  families: ["json"],
  prepare(value, _operand, slots): Form {
    slots.push([keyOf(value)]);
    return "v";
  },
  shapeOf: (value) => keyShape([value]),
};

function hasKeys(name: string, none: Form): Lookup {
  return {
    name,
    families: ["json"],
    prepare(value, _operand, slots): Form {
      if (!Array.isArray(value) && !(value instanceof Set)) {
        return refuse(`expected a list of keys, got ${printable(value)}.`);
      }
      const keys = [...(value as Iterable<unknown>)].map(keyOf);
      if (keys.length === 0) return none;
      slots.push(keys);
      return "l";
    },
    shapeOf: (value) => keyShape([...(value as Iterable<unknown>)]),
  };
}

/** All keys are written alike: as the oddest of them. */
function keyShape(keys: readonly unknown[]): JsonShape {
  const isOdd = stepKinds(keys as string[]).includes("o");
  return { type: "object", items: [], keys: isOdd ? "o" : "k" };
}

function keyOf(value: unknown): string {
  return typeof value === "string" ? convertText(value) : refuse(`expected a key, got ${printable(value)}.`);
}

/** A text looks into texts; anything else asks for what an object or an array holds. */
const contains = found("contains", (value) => (typeof value === "string" ? shallowShape(value) : deepShape(value)));

const PLAIN_TEXTS = texts.filter(({ name }) => name !== "contains" && name !== "iexact");
const [iexactText] = texts.filter(({ name }) => name === "iexact") as [Lookup];
const exact = found("exact", shallowShape);

/** null has no case: it is JSON's null, as everywhere. */
const iexact: Lookup = {
  ...iexactText,
  prepare: (value, operand, slots) => (value === null ? exact : iexactText).prepare(value, operand, slots),
  shapeOf: shallowShape,
};

export const jsonLookups: readonly Lookup[] = [
  exact,
  found("ne", shallowShape),
  ...["gt", "gte", "lt", "lte"].map(ordered),
  inList,
  range,
  isnull,
  contains,
  found("contained_by", deepShape),
  hasKey,
  hasKeys("has_keys", "known"),
  hasKeys("has_any_keys", "never"),
  iexact,
  ...PLAIN_TEXTS,
];
