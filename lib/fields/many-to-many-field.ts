import { ConfigurationError } from "../errors/index.js";
import { printable } from "../util/printable.js";
import { meantByOption } from "./options.js";

/** What `fields.manyToMany(Tag, { … })` takes, as it is at run time. */
export interface ManyToManyOptions {
  /** A model of one's own whose rows tie two together: its class, or a function that gives it. */
  readonly through?: unknown;
  /** The foreign keys of that model: the one to the model that declares the field, and the one to its target. */
  readonly throughFields?: readonly string[];
  /** The table of the model that is made where none is given. */
  readonly table?: string;
  /** Of a model to itself: whether a row that has another is had by it. */
  readonly symmetrical?: boolean;
  /** The name of the field on the target that this is the other side of. */
  readonly reverse?: string;
}

/** A many-to-many relation as declared: `tags: () => fields.manyToMany(Tag)`, or its other side. */
export interface ManyToManyDeclaration {
  readonly relation: "manyToMany";
  readonly target: unknown;
  readonly settings: ManyToManyOptions;
}

const OPTIONS = ["through", "throughFields", "table", "symmetrical", "reverse"];

export function declareManyToMany(target: unknown, settings: ManyToManyOptions = {}): ManyToManyDeclaration {
  const unknown = Object.keys(settings).find((name) => !OPTIONS.includes(name));
  if (unknown !== undefined) {
    throw new ConfigurationError(
      `fields.manyToMany() takes no option "${unknown}".${meantByOption(unknown, OPTIONS)} Options: ${OPTIONS.join(", ")}.`,
    );
  }
  const problem = problemOf(settings);
  if (problem !== null) throw new ConfigurationError(`fields.manyToMany(Model, options): ${problem}`);
  return Object.freeze({ relation: "manyToMany", target, settings });
}

function problemOf(settings: ManyToManyOptions): string | null {
  const { reverse, through, throughFields, table } = settings;
  if (reverse !== undefined) return problemOfReverse(settings);
  if (through !== undefined && typeof through !== "function") {
    return `through is a model, or a function that gives it, got ${printable(through)}.`;
  }
  if (through !== undefined && table !== undefined) {
    return `table names the table of the model that is made where no through is given. Leave one of them out.`;
  }
  const isPair = Array.isArray(throughFields) && throughFields.length === 2;
  if (throughFields !== undefined && !(isPair && "through" in settings)) {
    return `throughFields names two foreign keys of the model given as through, the one to this model first, got ${printable(throughFields)}.`;
  }
  return null;
}

function problemOfReverse({ reverse, ...others }: ManyToManyOptions): string | null {
  if (typeof reverse !== "string") {
    return `reverse names the field on the other model that this is the other side of, got ${printable(reverse)}.`;
  }
  const [name] = Object.entries(others).flatMap(([option, value]) => (value === undefined ? [] : [option]));
  return name === undefined
    ? null
    : `${name} is for the field "${reverse}" of the other model to say, not for its other side.`;
}
