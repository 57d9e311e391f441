import { ConfigurationError, UnmappedError } from "../../errors/index.js";
import {
  type Definition,
  DEFINITION,
  metaOf,
  type ModelClass,
  registeredModels,
  unmapModel,
} from "../../models/index.js";
import { bind } from "../rows/bindings.js";
import { CHOOSE } from "../rows/named-database.js";
import { type PlaceOf, Table } from "./table.js";

/** The tables of models that belong together. `Given` says where: nothing, where they are all of one database. */
export interface Metadata<Given extends readonly unknown[] = []> {
  /** By name, in the order in which they were declared. */
  readonly tables: ReadonlyMap<string, Table<Given>>;
  /** Creates tables that are not there, those first that others point at. What is there is left as it is. */
  createAll(...given: Given): Promise<void>;
  /** Drops the tables that are there. */
  dropAll(...given: Given): Promise<void>;
}

const registries = new Set<WeakRef<ModelRegistry<never>>>();

/** Models that belong together. */
export class ModelRegistry<Given extends readonly unknown[] = []> {
  readonly metadata: Metadata<Given>;
  readonly #declared: () => readonly ModelClass[];
  /** Classes that `Model(…)` gave, which were disposed of, and those by which their tables are known since. */
  readonly #disposed = new Map<ModelClass, ModelClass>();

  /** `declared` gives the classes that `Model(…)` gave for its models, the earliest first. */
  constructor(declared: () => readonly ModelClass[], placeOf: PlaceOf) {
    registries.add(new WeakRef(this));
    this.#declared = declared;
    const made = new Map<ModelClass, Table<Given>>();
    const tableOf = (model: ModelClass): Table<Given> => {
      const table = made.get(model) ?? new Table<Given>(() => this.#knownBy(model), placeOf);
      made.set(model, table);
      return table;
    };
    this.metadata = {
      get tables(): ReadonlyMap<string, Table<Given>> {
        return new Map(all().map((model) => [definitionOf(model).table, tableOf(model)]));
      },
      createAll: async (...given) => {
        await placeOf(given[0], "metadata.createAll").createTables(this.#mapped(), { safe: true });
      },
      dropAll: async (...given) => {
        await placeOf(given[0], "metadata.dropAll").dropTables(this.#mapped(), { safe: true });
      },
    };
    const all = (): ModelClass[] => this.#all();
  }

  /** The classes that are models: those that programs made of what `Model(…)` gave. */
  get mappers(): readonly ModelClass[] {
    return this.#all()
      .filter((model) => !this.#disposed.has(model))
      .map(mappedBy);
  }

  /** What `Model(…)` gave, also where it is disposed of. */
  #all(): ModelClass[] {
    const declared = this.#declared().filter((model) => !this.#disposed.has(model));
    return [...this.#disposed.keys(), ...declared];
  }

  #mapped(): ModelClass[] {
    return this.#all().map((model) => this.#knownBy(model));
  }

  /** The class that a program made; what it was made of only once that is a model no more, for a table has one model. */
  #knownBy(model: ModelClass): ModelClass {
    return this.#disposed.get(model) ?? mappedBy(model);
  }

  /**
   * Has its classes be models no more: to make rows of one, or to ask for some, throws an `UnmappedError`. Its tables are
   * there still, in `metadata.tables`.
   *
   * @throws ConfigurationError where models of another registry point at its own, unless `cascade` says that it goes with
   * it.
   */
  dispose({ cascade = false }: { readonly cascade?: boolean } = {}): void {
    const mapped = this.mappers;
    if (mapped.length === 0) return;
    for (const other of liveRegistries()) {
      if (other === (this as unknown) || !other.#pointsAt(mapped, this.#all())) continue;
      if (!cascade) {
        throw new ConfigurationError("Models of another registry point at models of this one.", {
          hint: "dispose({ cascade: true }) disposes of both.",
        });
      }
      other.dispose({ cascade });
    }
    // What is known of tables is known before their classes are models no more.
    for (const model of this.#all()) {
      if (this.#disposed.has(model)) continue;
      const standIn = mappedBy(model) === model ? class extends (model as unknown as new () => object) {} : model;
      metaOf(standIn);
      this.#disposed.set(model, standIn);
    }
    for (const model of mapped) unmap(model);
  }

  #pointsAt(models: readonly ModelClass[], own: readonly ModelClass[]): boolean {
    return this.mappers.some(
      (model) =>
        !models.includes(model) &&
        !own.includes(model) &&
        Object.values(metaOf(model).relations).some(
          (relation) => relation.type === "foreignKey" && models.includes(relation.target.model),
        ),
    );
  }
}

function* liveRegistries(): Generator<ModelRegistry<never>> {
  for (const reference of registries) {
    const registry = reference.deref();
    if (registry === undefined) registries.delete(reference);
    else yield registry;
  }
}

function definitionOf(model: ModelClass): Definition {
  return (model as unknown as { readonly [DEFINITION]: Definition })[DEFINITION];
}

/** The class that a program made of what `Model(…)` gave, where it has been seen; else that itself. */
function mappedBy(declared: ModelClass): ModelClass {
  const made = registeredModels().find(
    ({ model }) => model !== declared && definitionOf(model) === definitionOf(declared),
  );
  return made?.model ?? declared;
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
