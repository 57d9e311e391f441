import { ConfigurationError } from "../errors/index.js";
import { type LookupFamily, refuse } from "../fields/index.js";
import { printable } from "../util/printable.js";
import { didYouMean } from "../util/suggest.js";
import type { CompileLookup, CompileTransform, Form, Given, Lookup, Operand, Transform } from "./lookup.js";

/** Lookups and transforms of users' own, by family and name. They are those of the whole process. */
const lookups = new Map<string, Lookup>();
const transforms = new Map<string, Transform>();
/** Of families whose steps have something of the path's own in their names: what a name means, or null for nothing. */
const steps = new Map<LookupFamily, (name: string) => OwnTransform | null>();
/** What families of an extension have of the lookups that are everybody's: whether they have an order, too. */
const comparable = new Map<LookupFamily, boolean>();
/** How often one was added or taken away: what was worked out before that may not hold any more. */
export const lookupChanges = { generation: 0 };
let made = 0;

export function ownLookups(): ReadonlyMap<string, Lookup> {
  return lookups;
}

export function ownTransforms(): ReadonlyMap<string, Transform> {
  return transforms;
}

export function ownKey(family: LookupFamily, name: string): string {
  return `${family} ${name}`;
}

/** Tells the definitions of one's own apart in the key of a shape. */
export function newMark(): string {
  made += 1;
  return `#${made}`;
}

/** What a lookup is made of; `value` is what its values are, null for what the field's own are. */
export interface OwnLookup {
  readonly compile: CompileLookup;
  readonly value: Given | null;
}

/** What a transform is made of; `result` is what it gives, null for what it was given. */
export interface OwnTransform {
  readonly compile: CompileTransform;
  readonly result: Given | null;
}

function givenTo(operand: Operand, given: Given | null | undefined): Operand {
  return typeof given === "function" ? given(operand) : (given ?? { ...operand, scalar: null });
}

/** What a lookup of that compares with; one of a user's own says it itself. */
export function takenBy(lookup: Lookup, operand: Operand): Operand {
  return lookup.value === undefined || lookup.value === null ? operand : givenTo(operand, lookup.value);
}

export function addLookup(family: LookupFamily, name: string, { compile, value }: OwnLookup): void {
  const known = lookups.get(ownKey(family, name));
  if (known?.compile === compile && known.value === value) return;
  refuseTaken(known, "Lookup", name);
  lookupChanges.generation += 1;
  lookups.set(ownKey(family, name), {
    name,
    families: [family],
    compile,
    value,
    mark: newMark(),
    prepare: (given, operand, slots) => prepare(given, value === null ? operand : givenTo(operand, value), slots),
  });
}

function prepare(given: unknown, operand: Operand, slots: unknown[]): Form {
  if (given === undefined) refuse("got undefined. Leave the key out, or give a value.");
  if (given === null) refuse("cannot be null. Use isnull to ask for NULL.");
  slots.push(operand.convert(given));
  return "v";
}

export function addTransform(family: LookupFamily, name: string, { compile, result }: OwnTransform): void {
  const known = transforms.get(ownKey(family, name));
  if (known?.compile === compile && known.gives === result) return;
  refuseTaken(known, "Transform", name);
  lookupChanges.generation += 1;
  transforms.set(ownKey(family, name), { ...transformOf(family, name, { compile, result }), mark: newMark() });
}

function transformOf(family: LookupFamily, name: string, { compile, result }: OwnTransform): Transform {
  return { name, families: [family], compile, gives: result, result: (operand) => givenTo(operand, result) };
}

const EQUALITY: readonly string[] = ["exact", "ne", "in"];
const ORDER: readonly string[] = ["gt", "gte", "lt", "lte", "range"];

/** Gives a family the lookups of values that can be equal, and, where they are `ordered`, of those that can be more. */
export function addComparisons(family: LookupFamily, ordered: boolean): void {
  comparable.set(family, ordered);
}

/** Whether a family of an extension has such a lookup. */
export function isComparable(family: LookupFamily, name: string): boolean {
  const ordered = comparable.get(family);
  return ordered !== undefined && (EQUALITY.includes(name) || (ordered && ORDER.includes(name)));
}

/** Says what the names of a family's steps mean that are no transforms', such as places in a list: `tags__0`. */
export function addSteps(family: LookupFamily, read: (name: string) => OwnTransform | null): void {
  steps.set(family, read);
}

/** The step of a name that is no lookup's or transform's; the name itself tells it from others. */
export function stepFor(family: LookupFamily, name: string): Transform | undefined {
  const step = steps.get(family)?.(name) ?? null;
  return step === null ? undefined : transformOf(family, name, step);
}

function refuseTaken(known: unknown, what: string, name: string): void {
  if (known === undefined) return;
  throw new ConfigurationError(
    `register${what}: there is another ${what.toLowerCase()} of one's own named "${name}". Choose another name, or ` +
      `take that away first: unregister${what}(…).`,
  );
}

export function removeLookup(family: LookupFamily, name: string): boolean {
  return noted(lookups.delete(ownKey(family, name)));
}

export function removeTransform(family: LookupFamily, name: string): boolean {
  return noted(transforms.delete(ownKey(family, name)));
}

function noted(removed: boolean): boolean {
  if (removed) lookupChanges.generation += 1;
  return removed;
}

const NAME = /^[a-z][a-z0-9]*(?:_[a-z0-9]+)*$/i;

/** Refuses what cannot stand in a path, and what stands there for something else already. */
export function checkLookupName(name: unknown, taken: readonly string[], where: string): asserts name is string {
  if (typeof name !== "string" || !NAME.test(name)) {
    throw new ConfigurationError(
      `${where}: ${printable(name)} cannot stand in a path. A name starts with a letter, and has letters, digits and ` +
        `single underscores.`,
    );
  }
  if (name !== "pk" && !taken.includes(name)) return;
  throw new ConfigurationError(`${where}: "${name}" has a meaning already. Choose another name.`);
}

/** The family of a kind of lookups. */
export function familyOfKind(
  kind: unknown,
  kinds: Readonly<Record<string, LookupFamily>>,
  where: string,
): LookupFamily {
  if (typeof kind === "string" && Object.hasOwn(kinds, kind)) return kinds[kind] as LookupFamily;
  const names = Object.keys(kinds);
  throw new ConfigurationError(
    `${where}: ${printable(kind)} is no kind of lookups.${typeof kind === "string" ? didYouMean(kind, names) : ""} ` +
      `Kinds: ${names.join(", ")}.`,
  );
}
