import { FieldError } from "../../errors/index.js";
import { QUERY } from "../../query/index.js";
import type { QuerySetBase } from "../../objects/querysets/query-set.js";
import { together } from "./conditions.js";
import { columnsIn, expressionsIn, namesIn, type SelectParts } from "./parts.js";

/** The queryset that a select comes to. */
export function querysetOf(parts: SelectParts): QuerySetBase {
  const chosen = parts.isCombined ? ordered(parts.base, parts) : parts.groups === null ? plain(parts) : grouped(parts);
  const whole = parts.ends.reduce((queryset, step) => step(queryset), chosen);
  const { limit, offset } = parts;
  const rest = offset === null ? whole : whole.offset(offset);
  return limit === null ? rest : rest.limit(limit);
}

/** The rows that it is about, without what is selected of them. */
export function filteredRows(parts: SelectParts): QuerySetBase {
  const joined = parts.joins.reduce((queryset, step) => step(queryset), parts.base);
  return filtered(joined, parts.where);
}

function filtered(queryset: QuerySetBase, conditions: readonly unknown[]): QuerySetBase {
  // In one filter, so that all of them are about the same joined row, as after one JOIN.
  return conditions.length === 0 ? queryset : queryset.filter(together(conditions));
}

function ordered(queryset: QuerySetBase, { order }: SelectParts): QuerySetBase {
  return order === null ? queryset : queryset.orderBy(...order);
}

function plain(parts: SelectParts): QuerySetBase {
  const { items, shape, having } = parts;
  const computed = expressionsIn(items);
  const joined = parts.joins.reduce((queryset, step) => step(queryset), parts.base);
  const named = Object.keys(computed).length === 0 ? joined : joined.annotate(computed);
  const rows = ordered(filtered(filtered(named, parts.where), having), parts);
  if (shape === "tuples") return rows.valuesList(...columnsIn(items));
  return shape === "rows" ? instances(rows, namesIn(items), parts.loads) : rows.values(...columnsIn(items));
}

/** Rows of the model with some fields only; those behind a relation come in the row that it leads to. */
function instances(rows: QuerySetBase, names: readonly string[], loads: readonly string[]): QuerySetBase {
  if (names.length === 0) return rows;
  const related = names.flatMap((name) => {
    const end = name.lastIndexOf("__");
    return end > 0 ? [name.slice(0, end)] : [];
  });
  const joined = related.length === 0 ? rows : rows.selectRelated(...new Set(related));
  // Whole rows where a join brings them along.
  const links = [...related.map((path) => path.split("__")[0] as string), ...loads];
  return joined.only(...names, ...new Set(links));
}

function grouped(parts: SelectParts): QuerySetBase {
  const { items, having, shape } = parts;
  const groups = parts.groups ?? [];
  const names = new Set(columnsIn(groups));
  const computed = Object.entries(expressionsIn(items)).filter(([name]) => !names.has(name));
  const columns = items.length === 0 ? [...names] : columnsIn(items);
  const stranger = namesIn(items).find((name) => !names.has(name));
  if (stranger !== undefined) {
    const { name } = parts.base[QUERY].model;
    throw new FieldError(
      `${name}.select("${stranger}") is not what rows are grouped by, so a group has no one value of it. ` +
        `Name it in groupBy(…), or make one of many by an aggregate such as Max("${stranger}").`,
    );
  }
  const each = filteredRows(parts).values(...groups);
  const counted = computed.length === 0 ? each.distinct() : each.annotate(Object.fromEntries(computed));
  const chosen = ordered(filtered(counted, having), parts);
  return shape === "tuples" ? chosen.valuesList(...columns) : chosen.values(...columns);
}
