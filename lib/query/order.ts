import { FieldError } from "../errors/index.js";
import type { ModelMeta } from "../models/index.js";
import { printable } from "../util/printable.js";
import { Memo } from "./memo.js";
import { partsOfPath, resolveColumn } from "./resolve-path.js";
import type { OrderTerm } from "./tree.js";

/** Works out `"-position"`, `"album__name"` or `"?"`. A relation stands for the ordering of its model. */
export function resolveOrder(meta: ModelMeta, text: unknown, method: string): readonly OrderTerm[] {
  if (typeof text !== "string" || text === "") {
    throw new FieldError(
      `${meta.name}: ${method}(…) takes names such as "title" or "-album__name", got ${printable(text)}.`,
    );
  }
  const known = Memo.of<readonly OrderTerm[]>(meta, "orders");
  const before = known.read.get(text);
  if (before !== undefined) return before;
  return known.keep(text, Object.freeze(text === "?" ? [{ kind: "random" }] : termsOf(meta, text, method, [])));
}

/** `above` holds the models whose ordering led here: one that leads back to itself is refused. */
function termsOf(meta: ModelMeta, text: string, method: string, above: readonly ModelMeta[]): OrderTerm[] {
  const descending = text.startsWith("-");
  const name = descending || text.startsWith("+") ? text.slice(1) : text;
  const { path, model } = resolveColumn(meta, name, method);
  const { relation } = path;
  if (relation === null || model.ordering.length === 0) {
    return partsOfPath(path).map((part) => ({ kind: "path", path: part, descending }));
  }
  if (above.includes(model)) {
    throw new FieldError(`The ordering of ${model.name} leads back to itself, by way of ${name} of ${meta.name}.`);
  }
  return model.ordering.flatMap((inner) => {
    const terms = termsOf(meta, `${name}__${inner.replace(/^[-+]/, "")}`, method, [...above, model]);
    return inner.startsWith("-") === descending ? terms : terms.map(reversed);
  });
}

/** The same term the other way round. */
function reversed(term: OrderTerm): OrderTerm {
  if (term.kind === "random") return term;
  if (term.kind === "path") return { ...term, descending: !term.descending };
  const { descending, nulls } = term.sort;
  const turned = nulls === null ? null : nulls === "first" ? "last" : "first";
  return { ...term, sort: { ...term.sort, descending: !descending, nulls: turned } };
}

/** The order a query's rows come in: its own, else its model's; turned round by `reverse()`. */
export function orderOf(query: {
  readonly model: ModelMeta;
  readonly order: readonly OrderTerm[] | null;
  readonly reversed: boolean;
  readonly groups: unknown;
}): readonly OrderTerm[] {
  const { model } = query;
  // The model's ordering is of rows: groups of them have none.
  const ordering = query.groups === null ? model.ordering : [];
  const terms = query.order ?? ordering.flatMap((text) => resolveOrder(model, text, `${model.name} ordering`));
  return query.reversed ? terms.map(reversed) : terms;
}

/** By primary key: the order of rows where nothing else is said and one is needed. */
export function keyOrder(meta: ModelMeta): readonly OrderTerm[] {
  return meta.primaryKey.map((column) => ({
    kind: "path",
    path: { hops: [], multi: -1, column, several: null, relation: null },
    descending: false,
  }));
}
