import { fields, manager, Model } from "dunder-orm";

export class Shop extends Model(
  "shop",
  {
    tenant: fields.integer(),
    code: fields.string({ maxLength: 10 }),
    name: fields.string({ maxLength: 50, unique: true }),
    sales: () => fields.hasMany(Sale, "shop"),
  },
  { primaryKey: ["tenant", "code"] },
) {
  static objects = manager(this);
}

/** Shares its tenant with two foreign keys; the other one may be null. */
export class Sale extends Model(
  "sale",
  {
    tenant: fields.integer(),
    number: fields.integer(),
    shop: () => fields.foreignKey(Shop, { columns: ["tenant", "shop_code"] }),
    pickup: () => fields.foreignKey(Shop, { columns: ["tenant", "pickup_code"], null: true, onDelete: "restrict" }),
    named: () => fields.foreignKey(Shop, { to: "name", null: true }),
    items: () => fields.hasMany(Item, "sale"),
  },
  { primaryKey: ["tenant", "number"] },
) {
  static objects = manager(this);
}

export class Item extends Model(
  "item",
  {
    sale: () => fields.foreignKey(Sale, { columns: ["tenant", "sale_number"], onDelete: "cascade" }),
    position: fields.integer(),
    replaces: () => fields.oneToOne(Sale, { null: true }),
  },
  { primaryKey: ["sale", "position"] },
) {
  static objects = manager(this);
}
