import { fields, manager, Model } from "dunder-orm";

export class Brand extends Model("brand", {
  code: fields.uuid({ primaryKey: true, default: () => "x" }),
  name: fields.string(),
  motto: fields.text({ null: true }),
}) {
  static objects = manager(this);
}

export class Item extends Model("item", {
  id: fields.bigAuto(),
  brand: () => fields.foreignKey(Brand, { null: true }),
  name: fields.string(),
  note: fields.text({ null: true }),
  price: fields.decimal({ precision: 10, scale: 2 }),
  discount: fields.decimal({ precision: 10, scale: 2, null: true }),
  stock: fields.integer(),
  sold: fields.integer({ null: true }),
  weight: fields.float(),
  views: fields.bigInteger({ default: 0n }),
  active: fields.boolean({ default: true }),
  made: fields.date({ null: true }),
  added: fields.datetime({ autoNowAdd: true }),
  left: fields.datetime({ null: true }),
  keeps: fields.duration({ default: 0 }),
  data: fields.json<{ size: number }>({ null: true }),
}) {
  static objects = manager(this);
}
