import { Cast, Count, F, fields, JsonNull, manager, Max, Model } from "dunder-orm";
import { type } from "./equal.js";

interface Data {
  owner: { name: string; age?: number } | null;
  tags: string[];
  size: number;
  kind: "a" | "b";
  parts: readonly { readonly n: number }[];
}

class Page extends Model("page", {
  title: fields.string(),
  data: fields.json<Data>({ null: true }),
  any: fields.json({ null: true }),
  loose: fields.json<unknown>({ null: true }),
  up: () => fields.foreignKey(Page, { null: true }),
}) {
  static objects = manager(this);
}

export async function json() {
  Page.objects.filter({ data__owner__name__icontains: "x", data__size__gte: 1, data__kind: "a", data__tags__0: "x" });
  Page.objects.filter({ data__parts__0__n__in: [1, null], data__owner: null, data__owner__age__isnull: true });
  Page.objects.filter({ data__contains: { owner: { name: "x" }, tags: ["x"] }, data__tags__contains: "x" });
  Page.objects.exclude({
    up__up__data__size__range: [1, 2],
    data__has_keys: ["a"],
    data__tags__contained_by: [1, "x"],
  });
  Page.objects.filter({ any__a__0__b: 1, any__x__gt: "x", any__y: { z: [1] }, any__contains__exact: true, any: null });
  Page.objects.filter({ loose__a__b: 1, loose__c__startswith: "x", title: F("data__owner__name"), any____exact: 1 });
  Page.objects.filter(F("any").key("0", "a__b", 1).eq(1), F("data__size").gt(1));
  Page.objects.orderBy("-data__size", "any__rank", F("any").key("_").desc());
  await Page.objects.create({ title: "x", any: JsonNull, data: null });

  const rows = Page.objects.values("data__owner__name", "data__size", "data__tags__0", "any__a", "up__data__kind");
  for (const row of await rows.all()) {
    type(row.data__owner__name).is<string | null>();
    type(row.data__size).is<number | null>();
    type(row.data__tags__0).is<string | null>();
    type(row.up__data__kind).is<"a" | "b" | null>();
  }
  const page = await Page.objects.annotate({ owner: F("data__owner"), n: Count("data__tags") }).get({ pk: 1 });
  type(page.owner).is<{ name: string; age?: number } | null>();
  Page.objects.annotate({ owner: F("data__owner") }).filter({ owner__name__startswith: "x", owner__age__gt: 1 });
  type((await Page.objects.aggregate({ max: Max(Cast("data__size", "integer")) })).max).is<number | null>();
}
