import { fields } from "dunder-orm";
import { Item, Sale, Shop } from "../accepted/composite-keys.js";

// @expect-error is not assignable to
Sale.objects.filter({ shop: 1 });
// @expect-error Source has 1 element(s) but target requires 2
Sale.objects.filter({ shop: [1] });
// @expect-error Type 'number' is not assignable to type 'undefined'
Sale.objects.filter({ shop: [1, "x", 2] });
// @expect-error is not assignable to type 'string'
Sale.objects.filter({ shop: [1, 2] });
// @expect-error is not assignable to
Sale.objects.filter({ shop__in: [1] });
// @expect-error no such field or lookup: shop__gt
Sale.objects.filter({ shop__gt: [1, "x"] });
// @expect-error is not assignable to
Sale.objects.filter({ named: 1 });
// @expect-error is not assignable to
Sale.objects.filter({ named__in: Sale.objects });
// @expect-error Source has 2 element(s) but target requires 3
Item.objects.filter({ pk: [1, 2n] });
// @expect-error Property 'named' is missing in type
await Sale.objects.create({ number: 1n, shop: [1, "x"] });
// @expect-error is not assignable to
await Sale.objects.create({ tenant: 1, number: 1n, shop: "x", named: "x" });
export function read(sale: Sale, shop: Shop) {
  // @expect-error Property 'pk' does not exist
  sale.named.pk;
  // @expect-error Property 'name' does not exist
  sale.shop.name;
  // @expect-error Property 'opened' does not exist
  sale.named.opened;
  // @expect-error Type 'Sale' is not assignable to type 'Sparse<Shop>'
  sale.shop = sale;
  // @expect-error is not assignable to
  shop.sales.create({ number: "1", named: "x" });
}
// @expect-error is not assignable to type
fields.foreignKey(Shop, { to: 5 });
// @expect-error is not assignable to type
fields.foreignKey(Shop, { columns: "a" });
// @expect-error Did you mean to write 'columns'?
fields.foreignKey(Shop, { colums: ["a"] });
