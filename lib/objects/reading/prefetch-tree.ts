import type { FetchMode } from "../../databases/options.js";
import { FieldError } from "../../errors/index.js";
import type { DatabaseCore } from "../../execute/database-core.js";
import {
  type AnyRelationMeta,
  checkFieldName,
  fieldOf,
  isEarly,
  type ModelMeta,
  type OneOfMeta,
  withKind,
} from "../../models/index.js";
import { namesOf, QUERY, type Query, rowsOf, withOrder } from "../../query/index.js";
import type { PrefetchFactory } from "../../types/index.js";
import { didYouMean } from "../../util/suggest.js";
import { printable } from "../../util/printable.js";

export const ALONG: unique symbol = Symbol("dunder.along");
export const USING: unique symbol = Symbol("dunder.using");

/** What a queryset does about its rows once they are there. */
export interface Along {
  /** Relations to fetch by queries of their own. */
  readonly tree: PrefetchTree;
  /** null: as the database says. */
  readonly mode: FetchMode | null;
}

/** A queryset, as far as its rows can be fetched along with others. */
export interface RowSource {
  readonly [QUERY]: Query;
  /** The database it was told to use; null for that of the rows it is fetched along with. */
  readonly [USING]: DatabaseCore | null;
  readonly [ALONG]: Along | null;
}

/** Relations to fetch by queries of their own, by the name under which rows have them. */
export type PrefetchTree = ReadonlyMap<string, PrefetchNode>;

export interface PrefetchNode {
  readonly relation: AnyRelationMeta;
  /** The name of a property of its own that the related rows go to; null for the relation's. */
  readonly attribute: string | null;
  /** Which of the related rows, and how; null for all of them. */
  readonly source: RowSource | null;
  /** Relations to one row that its query joins. */
  readonly joined: readonly string[];
  readonly children: PrefetchTree;
  /** True where it is fetched since a row was to load it: what is missing is then `MISSING`. */
  readonly lazy?: boolean;
}

/** In place of a row that was loaded and is not there: who asks again finds something to load still, which is null. */
export const MISSING = Symbol("dunder.missing");

export const NOTHING_ALONG: PrefetchTree = new Map();

/** A path with a queryset or an attribute of its own. */
class PrefetchItem {
  readonly path: string;
  readonly source: RowSource | null;
  readonly attribute: string | null;

  constructor(path: string, source: RowSource | null, attribute: string | null) {
    this.path = path;
    this.source = source;
    this.attribute = attribute;
  }
}

function newItem(path: unknown, queryset?: unknown, options: { readonly toAttr?: unknown } = {}): PrefetchItem {
  if (typeof path !== "string" || path === "") {
    throw new FieldError(`Prefetch(path, queryset): the path names relations, got ${printable(path)}.`);
  }
  const unknown = Object.keys(options).find((name) => name !== "toAttr");
  if (unknown !== undefined) {
    throw new FieldError(
      `Prefetch("${path}", …) takes no option "${unknown}".${didYouMean(unknown, ["toAttr"])} Options: toAttr.`,
    );
  }
  const { toAttr } = options;
  if (toAttr !== undefined && typeof toAttr !== "string") {
    throw new FieldError(`Prefetch("${path}", …, { toAttr }): expected a name, got ${printable(toAttr)}.`);
  }
  return new PrefetchItem(path, queryset === undefined ? null : sourceOf(path, queryset), toAttr ?? null);
}

function sourceOf(path: string, queryset: unknown): RowSource {
  if (queryset === null || typeof queryset !== "object" || !(QUERY in queryset)) {
    throw new FieldError(`Prefetch("${path}", queryset): expected a queryset, got ${printable(queryset)}.`);
  }
  const source = queryset as RowSource;
  try {
    refuseValues(path, source);
  } catch (error) {
    // Its model may lead to a class whose body this stands in; it is asked again when it is used.
    if (!isEarly(error)) throw error;
  }
  return source;
}

function refuseValues(path: string, source: RowSource): void {
  if (source[QUERY].picked === null) return;
  throw new FieldError(
    `Prefetch("${path}", queryset): related rows are instances, and values(…) gives none. Use only(…) to read less.`,
  );
}

/**
 * A path for `prefetchRelated` with a queryset of its own: which rows, in which order, how many for each row, what is
 * fetched along with them.
 *
 * @example
 * ```ts
 * const loud = Prefetch("tracks", Track.objects.filter({ title__icontains: "the" }).orderBy("-position").limit(3), {
 *   toAttr: "loudTracks",
 * });
 * const albums = await Album.objects.prefetchRelated(loud).all();
 * albums[0].loudTracks; // at most three of each album's: a list of Track
 * // SELECT … FROM (SELECT …, row_number() OVER (PARTITION BY "album_id" ORDER BY "position" DESC, "id") …) WHERE … <= 3
 * ```
 * @throws FieldError for a queryset of values, and for names that are none; `prefetchRelated` throws it for a queryset of
 * other rows than the path leads to.
 */
export const Prefetch = newItem as unknown as PrefetchFactory;

/** Adds paths, and paths with querysets of their own, to what is fetched along. */
export function addPrefetches(
  meta: ModelMeta,
  tree: PrefetchTree,
  items: readonly unknown[],
  method: string,
): PrefetchTree {
  if (items.length === 0) {
    throw new FieldError(`${meta.name}: ${method}(…) needs the names of relations, such as ${namesOr(meta)}.`);
  }
  let result = tree;
  for (const item of items) {
    if (typeof item !== "string" && !(item instanceof PrefetchItem)) {
      throw new FieldError(
        `${meta.name}: ${method}(…) takes names of relations and Prefetch(path, queryset), got ${printable(item)}.`,
      );
    }
    const leaf = typeof item === "string" ? new PrefetchItem(item, null, null) : item;
    result = withNode(meta, result, namesOf(meta, leaf.path, method), { leaf, method });
  }
  return result;
}

interface Place {
  readonly leaf: PrefetchItem;
  readonly method: string;
}

function withNode(meta: ModelMeta, tree: PrefetchTree, names: readonly string[], place: Place): PrefetchTree {
  const [name, ...rest] = withKind(meta, names);
  const field = fieldOf(meta, name as string);
  if (field?.type === "oneOf") return withKinds(meta, tree, [field, ...rest], place);
  const relation = relationNamed(meta, name as string, place);
  if (rest.length === 0) return withLeaf(meta, tree, relation, place);
  const known = tree.get(relation.name) ?? wholeNode(relation);
  return withEntry(tree, { ...known, children: withNode(relation.target, known.children, rest, place) });
}

/** A relation to one of several models is a query for each of them. */
function withKinds(
  meta: ModelMeta,
  tree: PrefetchTree,
  [{ name, arms }, kind]: readonly [OneOfMeta, ...string[]],
  place: Place,
): PrefetchTree {
  const { leaf, method } = place;
  const names = [...arms.values()].map((arm) => arm.name);
  if (kind !== undefined || leaf.source !== null || leaf.attribute !== null) {
    const what = kind === undefined ? "" : ` There is no kind "${kind}".${didYouMean(kind, [...arms.keys()])}`;
    throw new FieldError(
      `${meta.name}.${name} in ${method}("${leaf.path}") leads to rows of several models.${what} Name one of them: ${names.join(", ")}.`,
    );
  }
  return names.reduce((grown, one) => withNode(meta, grown, [one], place), tree);
}

function withLeaf(meta: ModelMeta, tree: PrefetchTree, relation: AnyRelationMeta, place: Place): PrefetchTree {
  const { leaf } = place;
  const { attribute } = leaf;
  if (attribute !== null) checkAttribute(meta, attribute, leaf);
  const known = tree.get(attribute ?? relation.name);
  if (leaf.source === null && known !== undefined && known.relation === relation) return tree;
  const source = leaf.source === null ? null : checkedSource(relation, leaf.source, place);
  if (known !== undefined) {
    if (known.source === source && known.relation === relation) return tree;
    throw fetchedTwice(known, place);
  }
  return withEntry(tree, { ...wholeNode(relation), source, attribute });
}

/** What is fetched along, and joined, for paths of which relations to one row are joined where they can be. */
export interface Balanced {
  readonly tree: PrefetchTree;
  readonly joined: readonly string[];
}

/** Adds paths: joined up to the first relation to many rows, fetched by a query there, and so on behind it. */
export function addBalanced(meta: ModelMeta, tree: PrefetchTree, paths: readonly unknown[], method: string): Balanced {
  const checked = addPrefetches(meta, NOTHING_ALONG, paths, method);
  let balanced: Balanced = { tree, joined: [] };
  for (const node of checked.values()) balanced = withBalanced(balanced, node, "");
  return balanced;
}

function withBalanced({ tree, joined }: Balanced, node: PrefetchNode, before: string): Balanced {
  const { relation, children } = node;
  const known = tree.get(relation.name) ?? wholeNode(relation);
  const isMany = relation.type !== "foreignKey" && relation.many;
  const path = `${before}${relation.name}`;
  let below: Balanced = { tree: known.children, joined: isMany ? known.joined : joined };
  for (const child of children.values()) below = withBalanced(below, child, isMany ? "" : `${path}__`);
  if (isMany) return { tree: withEntry(tree, { ...known, joined: below.joined, children: below.tree }), joined };
  const joins = [...new Set([...below.joined, path])];
  const isLeaf = below.tree.size === 0 && !tree.has(relation.name);
  return { tree: isLeaf ? tree : withEntry(tree, { ...known, children: below.tree }), joined: joins };
}

function withEntry(tree: PrefetchTree, node: PrefetchNode): PrefetchTree {
  return new Map([...tree, [node.attribute ?? node.relation.name, node]]);
}

function wholeNode(relation: AnyRelationMeta): PrefetchNode {
  return { relation, attribute: null, source: null, joined: [], children: NOTHING_ALONG };
}

function checkedSource(relation: AnyRelationMeta, source: RowSource, { leaf, method }: Place): RowSource {
  refuseValues(leaf.path, source);
  const { model } = source[QUERY];
  const { target } = relation;
  if (model.table === target.table && model.schema === target.schema) return source;
  throw new FieldError(
    `Prefetch("${leaf.path}", queryset) in ${method}(…): expected a queryset of ${target.name}, got one of ${model.name}.`,
  );
}

function fetchedTwice({ source }: PrefetchNode, { leaf, method }: Place): FieldError {
  const name = leaf.attribute === null ? `"${leaf.path}"` : `toAttr: "${leaf.attribute}"`;
  return new FieldError(
    `${method}(…): ${name} is fetched already, with ${source === null ? "all its rows" : "another queryset"}. ` +
      `Name a Prefetch before paths that lead through it, or give each a { toAttr } of its own to keep both.`,
  );
}

function checkAttribute(meta: ModelMeta, name: string, { path }: PrefetchItem): void {
  const where = `Prefetch("${path}", …, { toAttr: "${name}" })`;
  if (fieldOf(meta, name) !== undefined || name in (meta.model.prototype as object)) {
    throw new FieldError(`${where}: ${meta.name} has a member of this name. Choose another one.`);
  }
  try {
    checkFieldName(meta.name, name);
  } catch (error) {
    throw new FieldError(`${where}: a name has letters, digits and single underscores, and starts with a letter.`, {
      cause: error,
    });
  }
}

function relationNamed(meta: ModelMeta, name: string, { leaf, method }: Place): AnyRelationMeta {
  const field = fieldOf(meta, name);
  if (field !== undefined && field.type !== "scalar") return field as AnyRelationMeta;
  const what = field === undefined ? "has no relation" : "has a field, but no relation,";
  throw new FieldError(
    `${meta.name} ${what} "${name}" in ${method}("${leaf.path}").${didYouMean(name, Object.keys(meta.relations))} ` +
      `Relations: ${namesOr(meta)}.`,
  );
}

function namesOr(meta: ModelMeta): string {
  return Object.keys(meta.relations).join(", ") || "none here";
}

/** A tree of one relation that a row was to load. */
export function treeOf(relation: AnyRelationMeta): PrefetchTree {
  return withEntry(NOTHING_ALONG, { ...wholeNode(relation), lazy: true });
}

const wholeModels = new WeakMap<ModelMeta, RowSource>();

const ordered = new WeakMap<AnyRelationMeta, RowSource>();

/** Has the rows that a relation leads to come in an order of its own. */
export function orderRelated(relation: AnyRelationMeta, names: readonly string[]): void {
  if (ordered.has(relation)) return;
  const source = defaultSource(relation);
  ordered.set(relation, { [QUERY]: withOrder(source[QUERY], names), [USING]: null, [ALONG]: source[ALONG] });
}

/** All rows of a relation's target: by the target's own manager where the relation leads to many, as `album.tracks` does. */
export function defaultSource(relation: AnyRelationMeta): RowSource {
  const { type, target } = relation;
  const own = ordered.get(relation);
  if (own !== undefined) return own;
  if (type !== "foreignKey") {
    const { objects } = target.model as { readonly objects?: unknown };
    const query = (objects as { readonly [QUERY]?: Query } | null | undefined)?.[QUERY];
    if (query !== undefined && query.picked === null && query.model === target) return objects as RowSource;
  }
  let source = wholeModels.get(target);
  if (source === undefined) {
    source = { [QUERY]: rowsOf(target), [USING]: null, [ALONG]: null };
    wholeModels.set(target, source);
  }
  return source;
}
