import { convertText, refuse } from "../fields/index.js";
import type { Form, Lookup } from "./lookup.js";

/** A lookup that looks into text. */
function textual(name: string): Lookup {
  return {
    name,
    families: ["text"],
    prepare(value, _operand, slots): Form {
      if (value === undefined) refuse("got undefined. Leave the key out, or give null or a value.");
      if (value === null) return refuse("cannot be null. Use isnull to ask for NULL.");
      slots.push(convertText(value));
      return "v";
    },
  };
}

const iexact: Lookup = {
  name: "iexact",
  families: ["text"],
  prepare(value, operand, slots): Form {
    return value === null ? "null" : textual("iexact").prepare(value, operand, slots);
  },
};

function pattern(name: string): Lookup {
  const plain = textual(name);
  return {
    ...plain,
    prepare(value, operand, slots): Form {
      const form = plain.prepare(value, operand, slots);
      checkPattern(slots.at(-1) as string);
      return form;
    },
  };
}

/** A pattern that no engine could read is refused before it is sent; engines' dialects differ beyond that. */
function checkPattern(source: string): void {
  try {
    new RegExp(source, "u");
  } catch (error) {
    refuse(`is not a regular expression: ${(error as Error).message}.`);
  }
}

export const texts: readonly Lookup[] = [
  iexact,
  ..."contains icontains startswith istartswith endswith iendswith".split(" ").map(textual),
  pattern("regex"),
  pattern("iregex"),
];
