import { isFromParent } from "./inherited.js";
import type { ForeignKeyMeta, ModelClass, ModelMeta } from "./meta.js";
import { registeredModels, registryGeneration } from "./registry.js";

/** A foreign key and the model that has it. */
export interface Referrer {
  readonly model: ModelMeta;
  readonly relation: ForeignKeyMeta;
}

const NONE: readonly Referrer[] = Object.freeze([]);
let byTable = new Map<string, Referrer[]>();
let madeAt = -1;

/** Names a table, with its schema. */
export function tableKey({ schema, table }: ModelMeta): string {
  return schema === null ? table : `${schema}.${table}`;
}

/** The foreign keys of all models known that point at a model's table, whether it declares their other side or not. */
export function referrersOf(model: ModelMeta): readonly Referrer[] {
  if (madeAt !== registryGeneration()) remake();
  return byTable.get(tableKey(model)) ?? NONE;
}

function remake(): void {
  const models = registeredModels();
  byTable = new Map();
  for (const model of models) {
    const bases = models.filter((other) => isProxyOf(model, other));
    if (model.options.abstract === true || (model.kind === null && bases.length > 0)) continue;
    for (const relation of Object.values(model.relations)) {
      // A variant has foreign keys of its own beside those of the model that it varies.
      if (relation.type !== "foreignKey" || bases.some((base) => base.relations[relation.name] === relation)) continue;
      if (isFromParent(model, relation.name)) continue;
      const key = tableKey(relation.target);
      byTable.set(key, [...(byTable.get(key) ?? []), { model, relation }]);
    }
  }
  madeAt = registryGeneration();
}

/** A proxy has the table, and the foreign keys, of the model that it extends. */
function isProxyOf(model: ModelMeta, other: ModelMeta): boolean {
  return (
    model.options === other.options && tableKey(model) === tableKey(other) && isPrototype(other.model, model.model)
  );
}

function isPrototype(parent: ModelClass, model: ModelClass): boolean {
  return Object.prototype.isPrototypeOf.call(parent, model);
}
