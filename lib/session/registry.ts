import { type Definition, DEFINITION, metaOf, type ModelClass, registeredModels, unmapModel } from "../models/index.js";
import type { Database } from "../objects/instances/database.js";
import { Model } from "../objects/instances/model.js";
import { bind } from "../objects/rows/bindings.js";
import { CHOOSE } from "../objects/rows/named-database.js";
import type { ModelFactory } from "../types/index.js";
import { databaseIn, type Engine } from "./engine.js";
import { SessionError, UnmappedError } from "./errors.js";
import { Table } from "./table.js";

/** The tables of a registry's models. */
export interface Metadata {
  /** By name, in the order in which they were declared. */
  readonly tables: ReadonlyMap<string, Table>;
  /** Creates tables that are not there, those first that others point at. What is there is left as it is. */
  createAll(engine: Engine | Database): Promise<void>;
  /** Drops the tables that are there. */
  dropAll(engine: Engine | Database): Promise<void>;
}

const registries = new Set<WeakRef<Registry>>();

/**
 * Models that belong together.
 *
 * @example
 * ```ts no-run
 * const registry = new Registry();
 * class Artist extends registry.Model("artist", { name: fields.string() }) {
 *   static objects = manager(this);
 * }
 * await registry.metadata.createAll(engine);
 * registry.metadata.tables.get("artist")?.columns.map(({ name }) => name); // ["id", "name"]
 * ```
 */
export class Registry {
  /** `Model`, whose models are of this registry. */
  readonly Model: ModelFactory;
  readonly metadata: Metadata;
  readonly #declared: ModelClass[] = [];
  #isDisposed = false;

  constructor() {
    registries.add(new WeakRef(this));
    const declare = (...args: Parameters<typeof Model>): unknown => {
      const model = Model(...args) as unknown as ModelClass;
      this.#declared.push(model);
      return model;
    };
    this.Model = declare as unknown as ModelFactory;
    this.metadata = {
      tables: new Tables(this.#declared),
      createAll: async (engine) => {
        await databaseIn(engine, "metadata.createAll(engine)").createTables(this.#mapped(), { safe: true });
      },
      dropAll: async (engine) => {
        await databaseIn(engine, "metadata.dropAll(engine)").dropTables(this.#mapped(), { safe: true });
      },
    };
  }

  /** The classes that are mapped: those that programs made of what `Model(…)` gave. */
  get mappers(): readonly ModelClass[] {
    return this.#isDisposed ? [] : this.#mapped();
  }

  /** Of each model the class that a program made, where it has been seen; else what it was made of. */
  #mapped(): ModelClass[] {
    if (this.#isDisposed) return [...this.#declared];
    const known = registeredModels().map(({ model }) => model);
    return this.#declared.map((declared) => known.find((model) => isMadeOf(model, declared)) ?? declared);
  }

  /**
   * Has its classes be models no more: to make rows of one, or to ask for some, throws an `UnmappedError`. Its tables are
   * there still, in `metadata.tables`.
   *
   * @throws SessionError where models of another registry point at its own, unless `cascade` says that it goes with it.
   */
  dispose({ cascade = false }: { readonly cascade?: boolean } = {}): void {
    if (this.#isDisposed) return;
    const mapped = this.#mapped();
    for (const other of liveRegistries()) {
      if (other === this || !other.#pointsAt(mapped)) continue;
      if (!cascade)
        throw new SessionError(
          "Models of another registry point at models of this one. dispose({ cascade: true }) disposes of both.",
        );
      other.dispose({ cascade });
    }
    // What is known of tables is known before their classes are models no more.
    for (const declared of this.#declared) metaOf(declared);
    this.#isDisposed = true;
    for (const model of mapped) unmap(model);
  }

  #pointsAt(models: readonly ModelClass[]): boolean {
    return this.mappers.some((model) =>
      Object.values(metaOf(model).relations).some(
        (relation) => relation.type === "foreignKey" && models.includes(relation.target.model),
      ),
    );
  }
}

function* liveRegistries(): Generator<Registry> {
  for (const reference of registries) {
    const registry = reference.deref();
    if (registry === undefined) registries.delete(reference);
    else yield registry;
  }
}

function isMadeOf(model: ModelClass, declared: ModelClass): boolean {
  const definition = (declared as unknown as { readonly [DEFINITION]: Definition })[DEFINITION];
  return model !== declared && (model as unknown as { readonly [DEFINITION]?: Definition })[DEFINITION] === definition;
}

function unmap(model: ModelClass): void {
  const error = (): Error =>
    new UnmappedError(`${model.name} is no model any more: its registry was disposed of.`, {
      hint: "Its table is still there: registry.metadata.tables.",
    });
  unmapModel(model, error);
  const nowhere = {
    [CHOOSE](): never {
      throw error();
    },
  };
  bind([model], nowhere);
}

/** Tables by name; what is declared later is there, too. */
class Tables implements ReadonlyMap<string, Table> {
  readonly #declared: readonly ModelClass[];
  readonly #made = new Map<ModelClass, Table>();

  constructor(declared: readonly ModelClass[]) {
    this.#declared = declared;
  }

  get size(): number {
    return this.#declared.length;
  }

  #all(): Map<string, Table> {
    return new Map(
      this.#declared.map((declared) => {
        let table = this.#made.get(declared);
        if (table === undefined) this.#made.set(declared, (table = new Table(declared)));
        return [(declared as unknown as { readonly [DEFINITION]: Definition })[DEFINITION].table, table];
      }),
    );
  }

  get(name: string): Table | undefined {
    return this.#all().get(name);
  }

  has(name: string): boolean {
    return this.#all().has(name);
  }

  forEach(fn: (table: Table, name: string, all: ReadonlyMap<string, Table>) => void): void {
    this.#all().forEach((table, name) => fn(table, name, this));
  }

  entries(): MapIterator<[string, Table]> {
    return this.#all().entries();
  }

  keys(): MapIterator<string> {
    return this.#all().keys();
  }

  values(): MapIterator<Table> {
    return this.#all().values();
  }

  [Symbol.iterator](): MapIterator<[string, Table]> {
    return this.entries();
  }
}

/** What `declarativeBase()` gives. */
export interface DeclarativeBase {
  readonly registry: Registry;
  readonly metadata: Metadata;
  /** `Model`, whose models are of this base. */
  readonly Model: ModelFactory;
}

/**
 * A base for models: what they are declared with, and all of their tables.
 *
 * @example
 * ```ts no-run
 * const Base = declarativeBase();
 * class Artist extends Base.Model("artist", { name: fields.string() }) {
 *   static objects = manager(this);
 * }
 * await Base.metadata.createAll(createEngine("sqlite:music.sqlite"));
 * ```
 */
export function declarativeBase(): DeclarativeBase {
  const registry = new Registry();
  return { registry, metadata: registry.metadata, Model: registry.Model };
}
