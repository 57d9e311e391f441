import { Count, F, fields, manager, Model, OuterRef } from "dunder-orm";
import { type } from "./equal.js";

export class Shop extends Model(
  "shop",
  {
    tenant: fields.integer(),
    code: fields.string(),
    name: fields.string({ unique: true }),
    opened: fields.date(),
    sales: () => fields.hasMany(Sale, "shop"),
  },
  { primaryKey: ["tenant", "code"], constraints: [{ unique: ["name", "opened"] }] },
) {
  static objects = manager(this);
}

export class Sale extends Model(
  "sale",
  {
    tenant: fields.integer(),
    number: fields.bigInteger(),
    shop: () => fields.foreignKey(Shop, { columns: ["tenant", "shop_code"] }),
    pickup: () => fields.foreignKey(Shop, { null: true }),
    named: () => fields.foreignKey(Shop, { to: "name" }),
    dated: () => fields.foreignKey(Shop, { to: ["name", "opened"], null: true }),
    items: () => fields.hasMany(Item, "sale"),
  },
  { primaryKey: ["tenant", "number"] },
) {
  static objects = manager(this);
}

export class Item extends Model(
  "item",
  { sale: () => fields.foreignKey(Sale), position: fields.integer(), text: fields.string({ default: "" }) },
  { primaryKey: ["sale", "position"] },
) {
  static objects = manager(this);
}

export async function compositeKeys(shop: Shop, sale: Sale, item: Item) {
  type(shop.pk).is<readonly [number, string]>();
  type(sale.shop.pk).is<readonly [number, string]>();
  type(sale.pickup?.pk).is<readonly [number, string] | undefined>();
  type(item.pk).is<readonly [number, bigint, number]>();
  type(item.sale.pk).is<readonly [number, bigint]>();
  type(sale.named.name).is<string>();
  type(sale.dated?.name).is<string | undefined>();
  type(sale.dated?.opened).is<string | undefined>();
  type(await sale.named.load()).is<Shop>();
  sale.shop = shop;
  sale.named = shop;
  sale.pickup = sale.shop;
  sale.dated = null;

  // What the shop sets need not be given; what it does not is.
  await Sale.objects.create({ number: 1n, shop, named: "x" });
  await Sale.objects.create({ tenant: 1, number: 1n, shop: [1, "x"], named: shop, dated: ["x", "2001-01-01"] });
  await shop.sales.create({ number: 1n, named: sale.named });
  await sale.items.create({ position: 1 });
  await Item.objects.create({ sale, position: 1 });
  await Item.objects.create({ pk: [1, 2n, 3] });
  await sale.update({ shop: [1, "x"], pickup: null, named: "y", dated: shop });

  Sale.objects.filter({ shop, shop__in: [shop, [1, "x"]], shop__ne: [1, "x"], pickup: null, pickup__isnull: true });
  Sale.objects.filter({ shop__in: Shop.objects, named__in: Shop.objects.values("name"), pk__in: Sale.objects });
  Sale.objects.filter({ named: "x", named__in: ["x", shop], named__opened__gt: "2001-01-01", dated: ["x", "y"] });
  Sale.objects.filter({ shop__tenant: 1, shop__code__startswith: "x", pickup: F("shop"), named: F("named__name") });
  Item.objects.filter({ sale__shop__name: "x", sale: OuterRef("pk"), pk: [1, 2n, 3], pk__in: [item, [1, 2n, 3]] });
  Shop.objects.filter({ sales: sale, sales__in: [[1, 2n]], sales__items__text: "x" });

  const rows = await Sale.objects.values("shop", "pickup", "named", "dated", "pk").all();
  type(rows[0]!.shop).is<readonly [number, string]>();
  type(rows[0]!.pickup).is<readonly [number, string] | null>();
  type(rows[0]!.named).is<string>();
  type(rows[0]!.dated).is<readonly [string, string] | null>();
  type(rows[0]!.pk).is<readonly [number, bigint]>();
  const counted = await Shop.objects
    .annotate({ n: Count("sales") })
    .orderBy("pk")
    .first();
  type(counted!.n).is<number>();
  const joined = await Item.objects.selectRelated("sale__named", "sale__pickup").first();
  type(joined!.sale.named.tenant).is<number>();
  type(joined!.sale.pickup?.name).is<string | undefined>();
  const byKey = await Item.objects.inBulk([[1, 2n, 3]]);
  type(byKey.get([1, 2n, 3])?.text).is<string | undefined>();
}
