import { FieldError } from "../errors/index.js";
import { fieldOf, type ModelMeta, type RelationMeta, withKind } from "../models/index.js";
import { printable } from "../util/printable.js";
import { didYouMean } from "../util/suggest.js";
import { namesOf } from "./names-of.js";

/** Relations to fetch along with their rows, by name, each with those to fetch along with it. */
export type RelatedTree = ReadonlyMap<string, RelatedBranch>;

export interface RelatedBranch {
  readonly relation: RelationMeta;
  readonly children: RelatedTree;
}

/** Adds the paths of `selectRelated("album__artist")` to what is fetched already. */
export function addRelated(meta: ModelMeta, tree: RelatedTree | null, paths: readonly unknown[]): RelatedTree {
  if (paths.length === 0) {
    throw new FieldError(
      `${meta.name}: selectRelated(…) needs the names of relations, such as ${toOneNames(meta).join(", ") || "none here"}.`,
    );
  }
  let result = tree ?? new Map<string, RelatedBranch>();
  for (const path of paths) {
    if (typeof path !== "string") {
      throw new FieldError(`${meta.name}: selectRelated(…) takes names of relations, got ${printable(path)}.`);
    }
    result = withPath(meta, result, namesOf(meta, path, "selectRelated"), path);
  }
  return result;
}

function withPath(meta: ModelMeta, tree: RelatedTree, names: readonly string[], path: string): RelatedTree {
  const [name, ...rest] = meta.oneOfs.length === 0 ? names : withKind(meta, names);
  const relation = toOneRelation(meta, name as string, path);
  const children = tree.get(relation.name)?.children ?? new Map<string, RelatedBranch>();
  const branch: RelatedBranch = {
    relation,
    children: rest.length === 0 ? children : withPath(relation.target, children, rest, path),
  };
  return new Map([...tree, [relation.name, branch]]);
}

function toOneRelation(meta: ModelMeta, name: string, path: string): RelationMeta {
  const field = fieldOf(meta, name);
  if (field === undefined || field.type === "scalar") {
    const names = toOneNames(meta);
    const what = field === undefined ? "has no relation" : "has a field, but no relation,";
    throw new FieldError(
      `${meta.name} ${what} "${name}" in selectRelated("${path}").${didYouMean(name, names)} ` +
        `Relations to one row: ${names.join(", ") || "none"}.`,
    );
  }
  if (field.type === "oneOf") {
    const kinds = [...field.arms.values()].map((arm) => `"${arm.name}"`);
    throw new FieldError(
      `${meta.name}.${field.name} leads to rows of several models, which selectRelated("${path}") cannot join as one. Name ` +
        `those to join, ${kinds.join(", ")}, or fetch all of them along: prefetchRelated("${path}").`,
    );
  }
  if (field.type !== "foreignKey" && field.many) {
    throw new FieldError(
      `${meta.name}.${name} leads to many rows, which selectRelated("${path}") cannot join. Fetch them along by a query ` +
        `of their own: prefetchRelated("${path}").`,
    );
  }
  return field;
}

function toOneNames(meta: ModelMeta): string[] {
  return Object.values(meta.relations)
    .filter((relation) => relation.type === "foreignKey" || !relation.many)
    .map((relation) => relation.name);
}
