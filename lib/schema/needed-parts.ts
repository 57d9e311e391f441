import type { Engine } from "../databases/ports/index.js";
import { ConfigurationError } from "../errors/index.js";
import { type FoundRows, type ModelMeta, type NeededContext, type NeededPart, partsNeededBy } from "../models/index.js";

/** Runs a statement, and gives what it found. */
export type RunSql = (sql: string) => Promise<FoundRows>;

/** Makes what the columns of some models need, before their tables. */
export async function createNeeded(engine: Engine, models: readonly ModelMeta[], run: RunSql): Promise<void> {
  const context = contextOf(engine);
  for (const { parts } of neededBy(models)) {
    for (const sql of parts.create(await run(parts.find(context)), context)) await run(sql);
  }
}

/** Drops it again, after their tables, unless something else needs it. */
export async function dropNeeded(engine: Engine, models: readonly ModelMeta[], run: RunSql): Promise<void> {
  const context = contextOf(engine);
  for (const { parts } of neededBy(models)) {
    for (const sql of parts.drop(await run(parts.find(context)), context)) await run(sql);
  }
}

function contextOf({ label, name, schema }: Engine): NeededContext {
  return { label, engine: name, quote: schema.quote, literal: schema.literal };
}

/** Each part once, whichever columns need it. */
function neededBy(models: readonly ModelMeta[]): readonly NeededPart[] {
  const known = new Map<string, { readonly part: NeededPart; readonly where: string }>();
  for (const meta of models) {
    for (const { type, field } of meta.columns) {
      for (const part of partsNeededBy(type)) {
        const { name, form } = part.parts;
        const where = `${meta.name}.${field}`;
        const other = known.get(name);
        if (other === undefined) known.set(name, { part, where });
        else if (other.part.parts.form !== form) {
          throw new ConfigurationError(
            `${other.where} and ${where} need ${name} in two ways: ${other.part.parts.form}; ${form}. Declare one and the same.`,
          );
        }
      }
    }
  }
  return [...known.values()].map(({ part }) => part);
}
