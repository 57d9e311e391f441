// Order entry on sessions: objects are changed, and one commit writes it all, in order, or nothing.
import assert from "node:assert/strict";
import { fields, Model, StaleRowError } from "dunder-orm";
import { createEngine, relationship, type Session, sessionMaker } from "dunder-orm/session";

class Customer extends Model("customer", {
  name: fields.string({ maxLength: 100 }),
  orders: () => fields.hasMany(Order, "customer"),
}) {}

class Product extends Model("product", {
  name: fields.string({ maxLength: 100, unique: true }),
  stock: fields.integer(),
  version: fields.version(),
}) {}

class Order extends Model("customer_order", {
  customer: () => fields.foreignKey(Customer, { onDelete: "protect" }),
  status: fields.enumeration(["open", "sent"], { default: "open" }),
  lines: () => relationship(Line, { backPopulates: "order", cascade: "all, delete-orphan", orderBy: "id" }),
}) {}

class Line extends Model("order_line", {
  order: () => fields.foreignKey(Order),
  product: () => fields.foreignKey(Product, { onDelete: "protect" }),
  quantity: fields.integer(),
}) {}

class OutOfStock extends Error {}

let statements = 0;
const engine = createEngine("sqlite::memory:", {
  onQuery: ({ sql }) => void (/^(insert|update|delete)/i.test(sql) && (statements += 1)),
});
await engine.database.createTables([Customer, Product, Order, Line]);
const Sessions = sessionMaker(engine, { changeLog: true });

/** Puts products on a new order, and takes them from the stock. */
async function enter(session: Session, customer: Customer, wanted: Readonly<Record<string, number>>): Promise<Order> {
  const order = new Order({ customer });
  const products = await session
    .query(Product)
    .filter({ name__in: Object.keys(wanted) })
    .orderBy("name")
    .all();
  for (const product of products) {
    const quantity = wanted[product.name] ?? 0;
    if (product.stock < quantity) throw new OutOfStock(`${product.name}: ${product.stock} left, ${quantity} wanted`);
    product.stock -= quantity;
    order.lines.append(new Line({ order, product, quantity }));
  }
  session.add(order);
  return order;
}

// Two models, two statements, whatever the number of rows.
const jane = new Customer({ name: "Jane" });
await Sessions.begin(async (session) => {
  session.addAll([jane, ...["tea", "cup", "pot"].map((name) => new Product({ name, stock: 10 }))]);
  console.log(String(await session.plan()));
});
assert.equal(statements, 2);

// An order, its lines and what is left of the products: one commit, and one statement for each model.
statements = 0;
await using session = Sessions();
const customer = await session.get(Customer, jane.pk);
assert(customer !== null);
const order = await enter(session, customer, { tea: 3, cup: 2 });
assert.equal(session.new.size, 3);
await session.commit();
assert.equal(statements, 3);
const tea = await session.query(Product).filter({ name: "tea" }).one();
assert.equal(tea.stock, 7);
assert.equal((await session.query(Order).one()) === order, true);

// What fails leaves nothing behind, in objects neither.
await assert.rejects(enter(session, customer, { cup: 1, tea: 99 }), OutOfStock);
await session.rollback();
assert.equal(tea.stock, 7);
assert.equal((await session.query(Product).filter({ name: "cup" }).one()).stock, 8);

// A line that is taken off its order is deleted; the order is sent; the log tells of it.
const [line] = session.collection(order, "lines");
assert(line !== undefined);
session.collection(order, "lines").remove(line);
order.status = "sent";
await session.commit();
assert.equal(await session.query(Line).count(), 1);
assert.deepEqual(
  session.log(order).map(({ action, changes }) => [action, changes["status"]?.after]),
  [
    ["insert", "open"],
    ["update", "sent"],
  ],
);
await session.commit();

// Somebody else was faster: versions tell.
await Sessions.begin(async (other) => {
  const same = await other.get(Product, tea.pk);
  assert(same !== null && same !== tea);
  same.stock -= 1;
});
tea.stock -= 1;
await assert.rejects(session.commit(), StaleRowError);
await session.rollback();
await session.refresh(tea);
tea.stock -= 1;
await session.commit();
assert.equal(tea.stock, 5);

console.log(`${tea.name}: ${tea.stock} left, version ${tea.version}`);
await session.close();
await engine.database.close();
