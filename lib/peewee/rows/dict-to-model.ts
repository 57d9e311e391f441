import { FieldError } from "../../errors/index.js";
import { type FieldMeta, fieldOf, metaOf, metaOfRow, type ModelMeta } from "../../models/index.js";
import type { Rows } from "../../types/index.js";
import { printable } from "../../util/printable.js";
import { didYouMean } from "../../util/suggest.js";
import { flag, readOptions } from "../options.js";

/** How plain data is taken. */
export interface FromDictOptions {
  /** Names of no field become properties of the row, instead of an error. */
  readonly ignoreUnknown?: boolean;
}

type Data = Readonly<Record<string, unknown>>;
type Row = Record<string, unknown>;

function isData(given: unknown): given is Data {
  return given !== null && typeof given === "object" && Object.getPrototypeOf(given) === Object.prototype;
}

/** Names and values, those of no field apart. */
function split(
  where: string,
  meta: ModelMeta,
  data: unknown,
  options: unknown,
): readonly [[FieldMeta, unknown][], Data] {
  if (!isData(data)) throw new FieldError(`${where} takes plain data, got ${printable(data)}.`);
  const ignores = flag(where, "ignoreUnknown", readOptions(where, options, ["ignoreUnknown"]).ignoreUnknown);
  const known: [FieldMeta, unknown][] = [];
  const others: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(data)) {
    const field = fieldOf(meta, name);
    if (field !== undefined) known.push([field, value]);
    else if (ignores && !isTaken(meta, name)) others[name] = value;
    else if (ignores) throw new FieldError(`${where}: "${name}" is what every row has, and no data can be called so.`);
    else {
      const choices = Object.keys(meta.fields);
      throw new FieldError(
        `${where}: ${meta.name} has no field "${name}".${didYouMean(name, choices)} Fields: ${choices.join(", ")}. ` +
          `To keep what is no field's: { ignoreUnknown: true }.`,
      );
    }
  }
  return [known, others];
}

/** True for what data must not hide: a method that rows have, say. */
function isTaken({ model }: ModelMeta, name: string): boolean {
  return name === "__proto__" || name in (model as { readonly prototype: object }).prototype;
}

function refuseLists(where: string, meta: ModelMeta, { type, name }: FieldMeta): void {
  if (type !== "reverse" && type !== "manyToMany") return;
  throw new FieldError(
    `${where}: "${name}" leads to rows of their own. ${meta.name}.create({ ${name}: […] }) makes them along with the row.`,
  );
}

/**
 * A new row of plain data, not saved yet; what stands for a foreign key as an object is a new row, too.
 *
 * @example
 * ```ts
 * const track = dictToModel(Track, { title: "The Bird", position: 1, album: { name: "Malibu" } });
 * track.title; // "The Bird"
 * ```
 * @throws FieldError for names of no field, unless they are to be ignored, and for lists of related rows.
 * @throws ValidationError for values that fields do not take.
 */
export function dictToModel<C>(model: C, data: object, options: FromDictOptions = {}): Rows<C> {
  const meta = metaOf(model);
  const where = `dictToModel(${meta.name}, data)`;
  const [known, others] = split(where, meta, data, options);
  const values = known.map(([field, value]) => {
    refuseLists(where, meta, field);
    return [field.name, made(field, value, options)] as const;
  });
  const row = new (model as unknown as new (values: object) => object)(Object.fromEntries(values));
  return Object.assign(row, others) as Rows<C>;
}

function made(field: FieldMeta, value: unknown, options: FromDictOptions): unknown {
  return field.type === "foreignKey" && isData(value) ? dictToModel(field.target.model, value, options) : value;
}

/**
 * Sets fields of a row to plain data, without saving it; an object for a foreign key sets the row that it leads to, if
 * that is loaded, and is a new row otherwise.
 *
 * @example
 * ```ts
 * const track = await Track.objects.get({ title: "The Bird" });
 * await updateModelFromDict(track, { position: 2 }).save();
 * ```
 * @throws FieldError for names of no field, unless they are to be ignored, and for lists of related rows.
 */
export function updateModelFromDict<I extends { readonly pk: unknown }>(
  row: I,
  data: object,
  options: FromDictOptions = {},
): I {
  const meta = metaOfRow(row);
  if (meta === null) throw new FieldError(`updateModelFromDict(row, data) takes a row, got ${printable(row)}.`);
  const where = `updateModelFromDict(${meta.name}, data)`;
  const [known, others] = split(where, meta, data, options);
  const state = row as unknown as Row;
  for (const [field, value] of known) {
    refuseLists(where, meta, field);
    const related = state[field.name] as { readonly isSparse?: boolean; readonly pk: unknown } | null | undefined;
    const isLoaded = field.type === "foreignKey" && isData(value) && related?.isSparse === false;
    state[field.name] = isLoaded ? updateModelFromDict(related, value, options) : made(field, value, options);
  }
  return Object.assign(row, others);
}
