import { ConfigurationError } from "../errors/index.js";
import { Refusal, ScalarField } from "../fields/index.js";
import { printable } from "../util/printable.js";
import { didYouMean } from "../util/suggest.js";
import type { Draft } from "./draft.js";
import type { Family, FamilyColumns } from "./family.js";
import type { ColumnMeta, KindMeta, ModelClass, ModelMeta } from "./meta.js";

/** What all models of a table declare, as if one did; columns of variants come last. */
export function tableOf(root: Draft, variants: readonly Draft[]): Draft {
  const entries = new Map(root.entries);
  const owners = new Map<string, string>();
  for (const draft of variants) {
    for (const [name, entry] of draft.entries) {
      if (root.entries.has(name)) continue;
      const owner = owners.get(name);
      // A field that is spread into several variants is the same one.
      if (owner !== undefined && !(entry instanceof ScalarField && entries.get(name) === entry)) {
        throw new ConfigurationError(
          `${draft.meta.name}.${name}: ${owner} has a field of this name, and their rows are in one table. ` +
            `Name it otherwise, or declare it with ${root.meta.name}.`,
        );
      }
      entries.set(name, entry);
      owners.set(name, draft.meta.name);
    }
  }
  return { ...root, entries, table: null };
}

/** What a model of a table of several is among them. */
export function kindOf(
  { meta, definition: { variant } }: Draft,
  { discriminator, variants, root: varied }: Family,
  { fields }: FamilyColumns,
  metaOf: (model: ModelClass) => ModelMeta,
): KindMeta {
  const root = varied === null ? meta : metaOf(varied);
  const field = Object.hasOwn(fields, discriminator) ? fields[discriminator] : undefined;
  if (field?.type !== "scalar") {
    const names = Object.keys(fields);
    throw new ConfigurationError(
      `${root.name}: discriminator names "${discriminator}", which is no field with a value.` +
        `${didYouMean(discriminator, names)} Fields: ${names.join(", ")}.`,
    );
  }
  const { column } = field;
  const { default: value, dbDefault } = column.options;
  if (!column.nullable && value === undefined && dbDefault === undefined) {
    throw new ConfigurationError(
      `${root.name}.${discriminator}: the discriminator needs a default, or { null: true }: what rows of no variant have.`,
    );
  }
  for (const other of variants) checkKind(column, other.value, `${root.name}.variant`);
  const isRoot = meta.model === varied;
  const all = isRoot ? variants.map((other) => [other.value, metaOf(other.model)] as const) : [];
  return Object.freeze({ column, value: variant?.value ?? null, root, variants: new Map<unknown, ModelMeta>(all) });
}

/** Rows hold the columns of all kinds, which must not stand before a member of their class. */
export function refuseHidden({ meta, entries }: Draft, { columns }: FamilyColumns): void {
  const prototype = meta.model.prototype as object;
  const hidden = columns.find(({ field, relation }) => relation === null && !entries.has(field) && field in prototype);
  if (hidden === undefined) return;
  throw new ConfigurationError(
    `${meta.name}.${hidden.field}: the class has a member of the name of another variant's field, and rows of a table ` +
      `have the columns of all its variants. Name one of them otherwise.`,
  );
}

function checkKind({ field, scalar }: ColumnMeta, value: unknown, where: string): void {
  try {
    if (scalar.validate(value) === value) return;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    throw new ConfigurationError(`${where}(${printable(value)}): ${field} cannot hold that: ${error.message}`);
  }
  throw new ConfigurationError(`${where}(${printable(value)}): ${field} would hold it in another form.`);
}

/** True for a field that a variant has from the model that it varies. */
export function isInherited({ kind }: ModelMeta, name: string): boolean {
  return kind !== null && kind.value !== null && Object.hasOwn(kind.root.fields, name);
}
