import { F, fields, manager, Model } from "dunder-orm";

interface Data {
  owner: { name: string } | null;
  tags: string[];
  size: number;
  done: boolean;
}

class Page extends Model("page", {
  title: fields.string(),
  data: fields.json<Data>({ null: true }),
  any: fields.json(),
}) {
  static objects = manager(this);
}

export function json() {
  // @expect-error ✗ no such field or lookup: data__owner__nmae
  Page.objects.filter({ data__owner__nmae: "x" });
  // @expect-error ✗ no such field or lookup: data__owner__name__contians
  Page.objects.filter({ data__owner__name__contians: "x" });
  // @expect-error ✗ no such field or lookup: data__tags__first
  Page.objects.filter({ data__tags__first: "x" });
  // @expect-error Type 'string' is not assignable to type 'number'
  Page.objects.filter({ data__size: "x" });
  // @expect-error Type 'string' is not assignable to type 'number'
  Page.objects.filter({ data__size__gt: "x" });
  // @expect-error ✗ no such field or lookup: data__done__gt
  Page.objects.filter({ data__done__gt: 1 });
  // @expect-error ✗ no such field or lookup: data__size__startswith
  Page.objects.filter({ data__size__startswith: "x" });
  // @expect-error Type 'number' is not assignable to type 'string'
  Page.objects.filter({ data__tags__0__icontains: 1 });
  // @expect-error Type 'number' is not assignable to type 'string'
  Page.objects.filter({ any__has_key: 1 });
  // @expect-error ✗ no such field: data__sise
  Page.objects.orderBy("data__sise");
  // @expect-error ✗ no such field: data__owner__nmae
  Page.objects.values("data__owner__nmae");
  // @expect-error ✗ no such field: data__nothing
  Page.objects.annotate({ x: F("data__nothing") });
}
