import { fields, manager, Model } from "dunder-orm";

/** A shop of several tenants, whose keys begin with the tenant. */
export class Customer extends Model(
  "customer",
  {
    tenant: fields.integer(),
    code: fields.string({ maxLength: 10 }),
    name: fields.string({ maxLength: 50 }),
    orders: () => fields.hasMany(Order, "customer"),
  },
  { primaryKey: ["tenant", "code"], ordering: ["name"] },
) {
  static objects = manager(this);
}

/** Shares its tenant with the key of its customer. */
export class Order extends Model(
  "order",
  {
    tenant: fields.integer(),
    number: fields.integer(),
    note: fields.string({ maxLength: 50, default: "" }),
    customer: () =>
      fields.foreignKey(Customer, { columns: ["tenant", "customer_code"], null: true, onDelete: "restrict" }),
    lines: () => fields.hasMany(Line, "order"),
    replacements: () => fields.hasMany(Line, "replaces"),
    invoice: () => fields.hasOne(Invoice, "order"),
    parts: () => fields.hasMany(Part, "order"),
  },
  { primaryKey: ["tenant", "number"] },
) {
  static objects = manager(this);
}

/** Has columns of its own for both orders. */
export class Line extends Model("line", {
  id: fields.integer({ primaryKey: true }),
  order: () => fields.foreignKey(Order, { onDelete: "cascade" }),
  replaces: () => fields.foreignKey(Order, { null: true }),
  product: () => fields.foreignKey(Product, { to: "code", null: true }),
  amount: fields.integer({ default: 1 }),
}) {
  static objects = manager(this);
}

export class Product extends Model("product", {
  id: fields.integer({ primaryKey: true }),
  code: fields.string({ maxLength: 20, unique: true }),
  name: fields.string({ maxLength: 50 }),
  lines: () => fields.hasMany(Line, "product"),
}) {
  static objects = manager(this);
}

/** Its key is its order's. */
export class Invoice extends Model(
  "invoice",
  {
    order: () => fields.oneToOne(Order, { onDelete: "cascade" }),
    total: fields.integer({ default: 0 }),
  },
  { primaryKey: ["order"] },
) {
  static objects = manager(this);
}

/** Its key begins with its order's. */
export class Part extends Model(
  "part",
  {
    order: () => fields.foreignKey(Order, { columns: ["tenant", "number"], onDelete: "cascade" }),
    position: fields.integer(),
    text: fields.string({ maxLength: 50, default: "" }),
  },
  { primaryKey: ["order", "position"] },
) {
  static objects = manager(this);
}

export const shop = [Customer, Order, Line, Product, Invoice, Part] as const;
