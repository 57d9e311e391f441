import { ScalarField } from "../fields/index.js";
import { type Draft, draftOf } from "./draft.js";
import { Linker } from "./linker.js";
import { linkManyToMany } from "./many-to-many.js";
import type { ModelClass, ModelMeta } from "./meta.js";
import type { Definition } from "./options.js";
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
export function resolveModel(model: ModelClass, registry: Registry): ModelMeta {
  const drafts = new Map<object, Draft>();
  const first = draftOf(model, registry.definitionOf(model, "The model"));
  drafts.set(model, first);
  for (const [, draft] of drafts) {
    for (const [name, entry] of draft.entries) {
      if (entry instanceof ScalarField) continue;
      for (const target of modelsReached(draft.meta, name, entry)) {
        if (registry.known(target) !== undefined || drafts.has(target)) continue;
        drafts.set(target, draftOf(target, registry.definitionOf(target, `${draft.meta.name}.${name}`)));
      }
    }
  }
  const linker = new Linker(drafts, (other) => registry.known(other));
  const metaOf = (other: ModelClass) => registry.known(other) ?? (drafts.get(other) as Draft).meta;
  for (const draft of drafts.values()) linker.linkColumns(draft);
  for (const draft of drafts.values()) linker.linkReverses(draft);
  for (const draft of drafts.values()) linkManyToMany(draft, metaOf, "forward");
  for (const draft of drafts.values()) linkManyToMany(draft, metaOf, "reverse");
  for (const [cls, draft] of drafts) registry.remember(cls as ModelClass, freeze(draft));
  return first.meta;
}

function freeze({ meta }: Draft): ModelMeta {
  Object.freeze(meta.fields);
  Object.freeze(meta.columns);
  Object.freeze(meta.relations);
  Object.freeze(meta.primaryKey);
  return Object.freeze(meta);
}
