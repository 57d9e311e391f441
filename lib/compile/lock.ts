import { IdentifierNode, type OperationNode } from "kysely";
import type { Engine } from "../databases/ports/index.js";
import { FieldError, NotSupportedError } from "../errors/index.js";
import { asksWindow, holdsWindow, type Query, type RowLock } from "../query/index.js";
import type { SelectedTree } from "./selected-tree.js";
import { type Source, Sources } from "./sources.js";

/** The clause that locks a query's rows; null where none are to be, or can be, locked. `sources` are all its tables. */
export function lockNode(
  engine: Engine,
  query: Query,
  tree: SelectedTree | null,
  sources: Sources,
): OperationNode | null {
  const { lock } = query;
  if (lock === null) return null;
  refuseGathered(query);
  const tables = lock.of === null ? null : lock.of.map((path) => tableAt(query, tree, sources, path));
  if (!engine.features.rowLocks || engine.operations.lock === undefined) return null;
  if (!engine.features.locksOptionalRows) refuseOptional(engine, query, tables ?? sources.all);
  return engine.operations.lock({ ...lock, tables: tables?.map(({ alias }) => IdentifierNode.create(alias)) ?? null });
}

/** A row that stands for several of a table's cannot be locked. */
function refuseGathered(query: Query): void {
  const how = gathered(query);
  if (how === null) return;
  throw new FieldError(
    `${query.model.name}: selectForUpdate() cannot lock the rows of a queryset that ${how}: they are not those of the ` +
      `table. Lock them by key: objects.filter({ pk__in: those }).selectForUpdate().`,
  );
}

function gathered({ distinct, distinctOn, groups, annotations, filters, source }: Query): string | null {
  if (source !== null) return "reads other querysets";
  if (distinct || distinctOn !== null) return "is distinct";
  if (groups !== null) return "is grouped";
  const looksAround =
    annotations.some(({ term }) => holdsWindow(term)) || filters.some((at) => asksWindow(at.predicate));
  return looksAround ? "looks at windows" : null;
}

function tableAt({ model }: Query, tree: SelectedTree | null, sources: Sources, path: string): Source {
  if (path === "self") return sources.root;
  const found = tree === null ? undefined : pathsOf(tree).get(path);
  if (found !== undefined) return found;
  const choices = ["self", ...(tree === null ? [] : pathsOf(tree).keys())];
  throw new FieldError(
    `${model.name}: selectForUpdate({ of: "${path}" }) names what the query does not select. ` +
      `Choices: ${choices.join(", ")}; selectRelated(…) adds others.`,
  );
}

function pathsOf(tree: SelectedTree, prefix = ""): Map<string, Source> {
  return new Map(
    tree.children.flatMap(({ relation, tree: below }) => {
      const path = `${prefix}${relation.name}`;
      return [[path, below.source] as const, ...pathsOf(below, `${path}__`)];
    }),
  );
}

function refuseOptional(engine: Engine, { model, lock }: Query, tables: readonly Source[]): void {
  const optional = tables.find((source) => Sources.isOptional(source));
  if (optional === undefined) return;
  const { name } = optional.relation as { readonly name: string };
  const fix =
    (lock as RowLock).of === null
      ? 'Name the tables to lock: selectForUpdate({ of: "self" })'
      : `Leave "${name}" out of selectForUpdate({ of })`;
  throw new NotSupportedError(
    `${engine.label} cannot lock rows of ${optional.meta.name}, which ${model.name} may come without by way of "${name}".`,
    { hint: `${fix}, or keep rows that have one: filter({ ${name}__isnull: false }).` },
  );
}
