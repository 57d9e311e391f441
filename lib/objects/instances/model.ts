import {
  DEFINITION,
  defineModel,
  defineVariant,
  fieldOf,
  metaOf,
  noteDeclared,
  type Definition,
  type ModelOptions,
} from "../../models/index.js";
import { ModelAlias, rowsOf } from "../../query/index.js";
import type { BindOptions, ModelFactory } from "../../types/index.js";
import { lowerFirst } from "../../util/names.js";
import { errorClassesOf } from "../rows/errors-of.js";
import { InputSchema, schemaOf } from "./input-schema.js";
import { defineRelation } from "../relations/relations.js";
import { RawRows } from "../reading/raw-rows.js";
import { checkNamed } from "../rows/named-database.js";
import { bindModel, databaseOf } from "../rows/routing.js";
import { bindable, boundWithin } from "./bind-models.js";
import { ModelRow } from "./row.js";

function declareModel(table: string, fields: object, options: ModelOptions = {}): unknown {
  const definition = defineModel(table, fields, options);
  if (definition.parent !== null) return declareChild(definition.parent as unknown as typeof ModelRow, definition);
  class DeclaredRow extends ModelRow {
    static readonly [DEFINITION] = definition;

    static get meta(): unknown {
      return metaOf(this);
    }

    static get DoesNotExist(): unknown {
      return errorClassesOf(this).DoesNotExist;
    }

    static get MultipleObjectsReturned(): unknown {
      return errorClassesOf(this).MultipleObjectsReturned;
    }

    static alias(name: unknown): ModelAlias {
      return new ModelAlias(this, name);
    }

    static get "~standard"(): unknown {
      return schemaOf(metaOf(this))["~standard"];
    }

    static inputSchema(options?: unknown): InputSchema {
      return new InputSchema(metaOf(this), options);
    }

    static variant(value: unknown, declared: unknown): unknown {
      return declareVariant(this, value, declared);
    }

    static raw(given: unknown): RawRows {
      return new RawRows(rowsOf(metaOf(this)), () => databaseOf(metaOf(this)), given);
    }

    static override bind(database: unknown): void {
      bindModel(this, database);
    }

    static async bindContext<T>(database: unknown, fn: () => T | Promise<T>, options: BindOptions = {}): Promise<T> {
      const named = checkNamed(database, `${this.name}.bindContext(db, fn)`);
      return boundWithin(bindable([this], options, { related: true, method: "bindContext" }), named, fn);
    }
  }
  Object.defineProperty(DeclaredRow, "name", { value: table });
  defineRelations(DeclaredRow, definition.declared);
  if (options.database !== undefined) noteDeclared(DeclaredRow);
  return DeclaredRow;
}

/** A class between a model and one that extends it by a table of its own, with the accessors of that one's relations. */
function declareChild(parent: typeof ModelRow, definition: Definition): unknown {
  class DeclaredChild extends parent {
    static readonly [DEFINITION] = definition;
  }
  Object.defineProperty(DeclaredChild, "name", { value: definition.table });
  defineRelations(DeclaredChild, definition.declared);
  // The link to the parent, unless it turns out to be declared by another name.
  const link = lowerFirst(parent.name);
  if (!(link in DeclaredChild.prototype)) defineRelation(DeclaredChild.prototype, link);
  return DeclaredChild;
}

/** A class between a model and its variant, with the accessors of the variant's own relations. */
function declareVariant(root: typeof ModelRow, value: unknown, declared: unknown): unknown {
  class DeclaredVariant extends root {}
  const definition = defineVariant(root, value, declared, DeclaredVariant);
  Object.defineProperty(DeclaredVariant, DEFINITION, { value: definition });
  Object.defineProperty(DeclaredVariant, "name", { value: `${root.name} ${String(value)}` });
  defineRelations(DeclaredVariant, definition.declared);
  return DeclaredVariant;
}

function defineRelations(Class: { readonly prototype: object }, declared: Readonly<Record<string, unknown>>): void {
  for (const [name, entry] of Object.entries(declared)) {
    if (typeof entry !== "function") continue;
    defineRelation(Class.prototype, name);
    defineThrough(Class, name);
  }
}

/** `Post.tags.through`: what there is of a many-to-many relation without a row. */
function defineThrough(Class: object, name: string): void {
  if (name in Class) return;
  Object.defineProperty(Class, name, {
    configurable: true,
    get(this: object) {
      const field = fieldOf(metaOf(this), name);
      return field?.type === "manyToMany" ? { through: field.through.model } : undefined;
    },
  });
}

/**
 * Declares a model: a table, its fields, and with them the class of its rows.
 *
 * @example
 * ```ts
 * class Track extends Model("track", {
 *   id: fields.integer({ primaryKey: true }),
 *   album: () => fields.foreignKey(Album, { onDelete: "cascade" }),
 *   title: fields.string({ maxLength: 100 }),
 * }, { ordering: ["title"] }) {
 *   static objects = manager(this);
 * }
 * ```
 * @throws ConfigurationError for options and fields that make no sense: for the table's own at once, for what concerns
 * other models when a model is first used.
 */
export const Model = declareModel as unknown as ModelFactory;
