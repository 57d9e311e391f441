import type { ModelClass } from "../models/index.js";
import type { Database } from "../objects/instances/database.js";
import { Model } from "../objects/instances/model.js";
import { type Metadata as MetadataOf, ModelRegistry } from "../objects/instances/registry.js";
import type { ModelFactory } from "../types/index.js";
import { databaseIn, type Engine } from "./engine.js";

type Given = [engine: Engine | Database];

/** The tables of a registry's models. */
export type Metadata = MetadataOf<Given>;

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
export class Registry extends ModelRegistry<Given> {
  /** `Model`, whose models are of this registry. */
  readonly Model: ModelFactory;

  constructor() {
    const declared: ModelClass[] = [];
    super(
      () => declared,
      (given, where) => databaseIn(given, `${where}(engine)`),
    );
    const declare = (...args: Parameters<typeof Model>): unknown => {
      const model = Model(...args) as unknown as ModelClass;
      declared.push(model);
      return model;
    };
    this.Model = declare as unknown as ModelFactory;
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
