import { ScalarField } from "../fields/index.js";
import { type Above, childDraft, type Draft, draftOf } from "./draft.js";
import { asEarly } from "./early.js";
import { tableOf } from "./kind.js";
import { Linker } from "./linker.js";
import { linkManyToMany } from "./many-to-many.js";
import type { ModelClass, ModelMeta } from "./meta.js";
import type { Definition } from "./definition.js";
import { modelsReached } from "./through.js";

/** What resolving needs of the registry. */
export interface Registry {
  definitionOf(model: unknown, where: string): Definition;
  remember(model: ModelClass, meta: ModelMeta): void;
  known(model: object): ModelMeta | undefined;
}

/**
 * Works out a model and, with it, every model that it reaches and that is not known yet. Relations may be circular, so
 * this goes in steps: first all declarations, then all columns, then the reverse sides, and only then is it kept.
 */
export function resolveModel(model: ModelClass, registry: Registry, when: "for good" | "once declared"): ModelMeta {
  const drafts = draftsFrom(model, registry);
  if (when === "once declared") checkVariants(drafts);
  const linker = new Linker(drafts, (other) => registry.known(other));
  const metaOf = (other: ModelClass) => registry.known(other) ?? (drafts.get(other) as Draft).meta;
  for (const draft of drafts.values()) linker.linkColumns(draft);
  for (const draft of drafts.values()) linker.linkReverses(draft);
  for (const draft of drafts.values()) linkManyToMany(draft, metaOf, "forward");
  for (const draft of drafts.values()) linkManyToMany(draft, metaOf, "reverse");
  for (const draft of drafts.values()) linker.inheritRelations(draft);
  linker.keepFamilies();
  for (const [cls, draft] of drafts) registry.remember(cls as ModelClass, freeze(draft));
  return (drafts.get(model) as Draft).meta;
}

function draftsFrom(model: ModelClass, registry: Registry): Map<object, Draft> {
  const drafts = new Map<object, Draft>();
  addDrafts(drafts, model, registry, "The model");
  for (const [, draft] of drafts) {
    for (const [name, entry] of draft.entries) {
      if (entry instanceof ScalarField) continue;
      for (const target of modelsReached(draft.meta, name, entry)) {
        if (registry.known(target) !== undefined || drafts.has(target)) continue;
        addDrafts(drafts, target, registry, `${draft.meta.name}.${name}`);
      }
    }
  }
  return drafts;
}

/** A table with variants may get more of them until it is used. */
function checkVariants(drafts: ReadonlyMap<object, Draft>): void {
  for (const { definition, meta } of drafts.values()) {
    if (definition.family?.linked === null) throw asEarly(new Error(`${meta.name} may get further variants.`));
  }
}

/** Adds a model; before it those that it extends. */
function addDrafts(drafts: Map<object, Draft>, model: ModelClass, registry: Registry, where: string): void {
  const definition = registry.definitionOf(model, where);
  const { parent } = definition;
  if (parent === null) return addFamily(drafts, model, registry, where);
  const known = registry.known(parent);
  if (known === undefined && !drafts.has(parent)) addDrafts(drafts, parent, registry, where);
  const above = known === undefined ? aboveOf(drafts.get(parent) as Draft) : inKeys(known);
  drafts.set(model, childDraft(model, definition, above));
}

/** Adds a model; with one of a table of several, all the others of it, the one that they vary first. */
function addFamily(drafts: Map<object, Draft>, model: ModelClass, registry: Registry, where: string): void {
  const definition = registry.definitionOf(model, where);
  const { family } = definition;
  if (family === null) {
    drafts.set(model, draftOf(model, definition));
    return;
  }
  const { root: varied, variants, linked } = family;
  const rootModel = varied ?? model;
  // Of models that are known already only this one is missing, and what the first declares tells its fields.
  const root = drafts.get(rootModel) ?? draftOf(rootModel, registry.definitionOf(rootModel, where));
  if (linked === null) {
    drafts.set(rootModel, root);
    for (const { model: other } of variants) {
      if (!drafts.has(other)) drafts.set(other, draftOf(other, registry.definitionOf(other, where), root));
    }
    const others = variants.map((variant) => drafts.get(variant.model) as Draft);
    root.table ??= tableOf(root, others);
    for (const draft of others) draft.table = root.table;
  }
  if (drafts.has(model)) return;
  const draft = draftOf(model, definition, root);
  draft.table = root.table;
  drafts.set(model, draft);
}

/** What a model has from the one that it extends before columns are known. */
function aboveOf({ meta, keyNames }: Draft): Above {
  return { ordering: meta.ordering, keyNames };
}

function inKeys({ ordering, primaryKey }: ModelMeta): Above {
  return { ordering, keyNames: [...new Set(primaryKey.map(({ field }) => field))] };
}

function freeze({ meta }: Draft): ModelMeta {
  Object.freeze(meta.fields);
  Object.freeze(meta.columns);
  Object.freeze(meta.relations);
  Object.freeze(meta.primaryKey);
  return Object.freeze(meta);
}
