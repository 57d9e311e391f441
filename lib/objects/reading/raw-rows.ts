import { bind, compileRaw, decoderOf, type Extra, type Layout, wholeLayout } from "../../compile/index.js";
import type { Row } from "../../databases/ports/index.js";
import type { DatabaseCore } from "../../execute/database-core.js";
import { isReady, makeReady, type Reader, readerOf, run } from "../../execute/index.js";
import { FieldError } from "../../errors/index.js";
import { nodeOf } from "../../expressions/index.js";
import { columnType } from "../../fields/index.js";
import { checkFieldName, fieldOf, type ModelMeta } from "../../models/index.js";
import { isSliced, type Query, rowsOf, readStatement, toldAs } from "../../query/index.js";
import { didYouMean } from "../../util/suggest.js";
import { blankFor } from "../rows/blank.js";
import { type Bounds, withinBounds } from "./bounds.js";
import { followed } from "./followed.js";
import { addPrefetches, type Along, NOTHING_ALONG } from "./prefetch-tree.js";

export const ON: unique symbol = Symbol("dunder.on");

type Request = Parameters<typeof run>[1];

/** Instances of the rows that SQL of one's own gives; the methods are documented in `types/raw.ts`. */
export class RawRows {
  readonly #meta: ModelMeta;
  readonly #template: object;
  readonly #key: string;
  readonly #values: unknown[] = [];
  readonly #given: unknown;
  readonly #database: () => DatabaseCore;
  readonly #along: Along | null;

  readonly #limits: Bounds | null;

  constructor(
    query: Query,
    database: () => DatabaseCore,
    given: unknown,
    along: Along | null = null,
    limits: Bounds | null = null,
  ) {
    this.#limits = limits;
    const { model } = query;
    if (query.key !== rowsOf(model).key || isSliced(query)) {
      throw new FieldError(
        `${model.name}: raw(…) is a whole query of its own, which nothing narrows. Call it on the manager: objects.raw(…).`,
      );
    }
    this.#meta = model;
    this.#given = given;
    [this.#template, this.#key] = this.#read(nodeOf(given, `${model.name}: raw(…) takes`));
    this.#database = database;
    this.#along = along;
  }

  prefetchRelated(...paths: unknown[]): RawRows {
    const tree = addPrefetches(this.#meta, this.#along?.tree ?? NOTHING_ALONG, paths, "prefetchRelated");
    const along = { mode: null, ...this.#along, tree };
    return new RawRows(rowsOf(this.#meta), this.#database, this.#given, along, this.#limits);
  }

  /** The same rows, asked of another database. */
  [ON](database: DatabaseCore): RawRows {
    return new RawRows(rowsOf(this.#meta), () => database, this.#given, this.#along, this.#limits);
  }

  async all(): Promise<object[]> {
    return this.#limits === null ? this.#all() : withinBounds(this.#database(), this.#limits, () => this.#all());
  }

  async #all(): Promise<object[]> {
    const database = this.#database();
    const request = await this.#prepare(database);
    const { rows, columns = [] } = await run(database, request);
    const read = this.#reader(database, columns);
    return followed(database, rows.map(read), this.#along);
  }

  async first(): Promise<object | null> {
    const [row] = await this.all();
    return row ?? null;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<object, void, undefined> {
    yield* await this.all();
  }

  async #prepare(database: DatabaseCore): Promise<Request> {
    if (!isReady(database, [])) await makeReady(database, []);
    const { columns, id, name } = this.#meta;
    const types = columns.map((column) => column.type);
    const plan = database.plans.get(`rows ${id} ${this.#key}`, () => compileRaw(database, this.#template, types));
    const parameters = bind(plan, { values: this.#values, limit: null, offset: 0 });
    return { statement: plan.statement, parameters, model: name };
  }

  #read(node: object): readonly [object, string] {
    try {
      return readStatement(this.#values, node);
    } catch (error) {
      throw toldAs(error, this.#meta, "raw(…)");
    }
  }

  /** Reads rows of these columns, which are put into the order in which a model's own stand. */
  #reader(database: DatabaseCore, names: readonly string[]): (row: Row) => object {
    const meta = this.#meta;
    const places = [...placesOf(meta, names), ...extraPlaces(meta, names)];
    const extras = extrasOf(database, meta, names);
    const decoders = meta.columns.map((column) => decoderOf(database.engine, column));
    const layout: Layout = Object.freeze({ ...wholeLayout(meta, decoders), extras });
    const read: Reader = readerOf(database, layout, blankFor(layout));
    return (row) => {
      const found = read(places.map((place) => row[place]));
      if (found !== null) return found;
      throw new FieldError(`${meta.name}: raw(…) gave a row without a key, which cannot be a ${meta.name}.`);
    };
  }
}

/** Where a model's columns stand among those of a result. */
function placesOf(meta: ModelMeta, names: readonly string[]): number[] {
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) {
    throw new FieldError(`${meta.name}: raw(…) selects two columns named "${twice}". Rename one: … as other_name.`);
  }
  const missing = meta.columns.map(({ name }) => name).filter((name) => !names.includes(name));
  if (missing.length > 0) {
    const extra = names.filter((name) => !meta.columns.some((column) => column.name === name));
    throw new FieldError(
      `${meta.name}: raw(…) does not select ${missing.map((name) => `"${name}"`).join(", ")}.` +
        `${didYouMean(missing[0] as string, extra)} Rows need all columns: select ${meta.table}.*.`,
    );
  }
  return meta.columns.map(({ name }) => names.indexOf(name));
}

function extraNames(meta: ModelMeta, names: readonly string[]): string[] {
  return names.filter((name) => !meta.columns.some((column) => column.name === name));
}

function extraPlaces(meta: ModelMeta, names: readonly string[]): number[] {
  return extraNames(meta, names).map((name) => names.indexOf(name));
}

/** Columns besides the model's are properties by their names, with the driver's values. */
function extrasOf({ engine }: DatabaseCore, meta: ModelMeta, names: readonly string[]): Extra[] {
  const decode = engine.functions.decodeResult(columnType("custom"));
  return extraNames(meta, names).map((name, index) => {
    checkExtra(meta, name);
    return { name, at: meta.columns.length + index, decode, type: "raw" };
  });
}

function checkExtra(meta: ModelMeta, name: string): void {
  try {
    checkFieldName(meta.name, name);
    if (fieldOf(meta, name) === undefined) return;
  } catch {
    // Told below, in the words of SQL.
  }
  throw new FieldError(
    `${meta.name}: raw(…) selects a column "${name}", which rows cannot have beside their own members. ` +
      `Give it another name: … as other_name.`,
  );
}
