import { expect, it } from "vitest";
import { F, fields, manager, Model, prefetch, Prefetch } from "dunder-orm";
import { objectState, relationship, Session } from "dunder-orm/session";
import { onEngines, useDatabase } from "../../support/engines.js";

class Tenant extends Model("corner_tenant", {
  name: fields.string({ maxLength: 20 }),
  // What goes with a tenant is loaded, since the database would refuse it.
  seats: () => relationship(Seat, { backPopulates: "tenant", cascade: "all" }),
  logs: () => relationship(Log, { backPopulates: "tenant", cascade: "all", passiveDeletes: true }),
  badges: () => relationship(Badge, { backPopulates: "tenant", lazy: "selectin" }),
}) {
  static objects = manager(this);
}

class Seat extends Model(
  "corner_seat",
  {
    tenant: () => fields.foreignKey(Tenant, { onDelete: "do nothing" }),
    number: fields.integer(),
    note: fields.string({ maxLength: 20, default: "" }),
  },
  { primaryKey: ["tenant", "number"] },
) {
  static objects = manager(this);
}

class Log extends Model("corner_log", { tenant: () => fields.foreignKey(Tenant, { onDelete: "cascade" }) }) {
  static objects = manager(this);
}

class Badge extends Model("corner_badge", { tenant: () => fields.foreignKey(Tenant, { null: true }) }) {
  static objects = manager(this);
}

class Person extends Model("corner_person", {
  name: fields.string({ maxLength: 20 }),
  friends: () => fields.manyToMany(Person, { symmetrical: true }),
  clubs: () => fields.manyToMany(Club, { reverse: "members" }),
}) {
  static objects = manager(this);
}

class Club extends Model("corner_club", {
  name: fields.string({ maxLength: 20 }),
  members: () => fields.manyToMany(Person, { through: () => Membership }),
}) {
  static objects = manager(this);
}

class Membership extends Model("corner_membership", {
  club: () => fields.foreignKey(Club),
  person: () => fields.foreignKey(Person),
  role: fields.string({ maxLength: 20, default: "member" }),
}) {
  static objects = manager(this);
}

class Animal extends Model(
  "corner_animal",
  { name: fields.string({ maxLength: 20 }), kind: fields.string({ maxLength: 20, default: "animal" }) },
  { discriminator: "kind" },
) {
  static objects = manager(this);
}

class Dog extends Animal.variant("dog", { breed: fields.string({ maxLength: 20, null: true }) }) {
  static objects = manager(this);
}

class Place extends Model("corner_place", { name: fields.string({ maxLength: 20 }) }) {
  static objects = manager(this);
}

class Bar extends Model("corner_bar", { beers: fields.integer({ default: 0 }) }, { parent: Place }) {
  static objects = manager(this);
}

class Stamped extends Model("corner_stamped", {
  name: fields.string({ maxLength: 20 }),
  data: fields.json<{ tags: string[] }>(),
  touched: fields.datetime({ autoNow: true }),
}) {
  static objects = manager(this);
  readonly own = { count: 0 };
}

const models = [
  ...[Tenant, Seat, Log, Badge, Person, Club, Membership, Animal, Dog, Place, Bar, Stamped],
  Person.friends.through,
];

onEngines("sessions: corners", (engine) => {
  const statements: string[] = [];
  const holder = useDatabase(engine, models, { onQuery: ({ sql }) => statements.push(sql) });

  it("keys of several columns", async () => {
    await using session = new Session(holder.db);
    const tenant = new Tenant({ name: "a" });
    tenant.seats.append(new Seat({ tenant, number: 1 }), new Seat({ tenant, number: 2 }));
    session.add(tenant);
    await session.commit();
    const seat = await session.get(Seat, [tenant.pk, 2]);
    expect(seat).toBe([...session.collection(tenant, "seats")][1]);
    if (seat === null) throw new Error("a seat");
    seat.note = "window";
    await session.commit();
    expect((await Seat.objects.get({ number: 2 })).note).toBe("window");
    session.delete(seat);
    await session.commit();
    expect(await Seat.objects.count()).toBe(1);
  });

  it("what cascades beyond foreign keys is loaded and deleted; what they carry is not", async () => {
    const tenant = await Tenant.objects.create({ name: "b" });
    await Seat.objects.bulkCreate([1, 2, 3].map((number) => ({ tenant, number })));
    await Log.objects.bulkCreate([{ tenant }, { tenant }]);
    await using session = new Session(holder.db);
    const one = await session.query(Tenant).filter({ pk: tenant.pk }).one();
    session.delete(one);
    await session.commit();
    expect(await Seat.objects.filter({ tenant: tenant.pk }).count()).toBe(0);
    expect(await Log.objects.filter({ tenant: tenant.pk }).count()).toBe(0);
  });

  it("what is loaded along, and expunged along", async () => {
    const stored = await Tenant.objects.create({ name: "c" });
    await Badge.objects.bulkCreate([{ tenant: stored }, { tenant: stored }]);
    await using session = new Session(holder.db);
    const tenant = await session.query(Tenant).filter({ pk: stored.pk }).one();
    const badges = session.collection(tenant, "badges");
    expect([badges.isLoaded, badges.length]).toEqual([true, 2]);
    await tenant.seats.all();
    const seat = new Seat({ tenant, number: 9 });
    session.add(seat);
    session.expunge(tenant);
    expect([tenant, seat, badges.at(0) as Badge].map(objectState)).toEqual(["detached", "transient", "persistent"]);
  });

  it("relations of many to many that are their own other side, and those with values between", async () => {
    await using session = new Session(holder.db);
    const [ann, bob] = [new Person({ name: "Ann" }), new Person({ name: "Bob" })];
    ann.friends.append(bob);
    const club = new Club({ name: "chess" });
    session.addAll([ann, club]);
    expect(session.has(bob)).toBe(true);
    await session.commit();
    expect(await Person.objects.filter({ friends__name: "Ann" }).valuesList("name", { flat: true }).all()).toEqual([
      "Bob",
    ]);
    expect([...session.collection(bob, "friends")]).toEqual([ann]);
    await club.members.add(ann, { throughDefaults: { role: "chair" } });
    club.members.append(bob);
    await session.commit();
    expect(await Membership.objects.orderBy("person__name").valuesList("role", { flat: true }).all()).toEqual([
      "chair",
      "member",
    ]);
    expect([...(await ann.clubs.all())]).toEqual([club]);
    session.collection(bob, "friends").remove(ann);
    await session.commit();
    expect(await Person.friends.through.objects.count()).toBe(0);
  });

  it("models of one table, and models of two", async () => {
    await using session = new Session(holder.db);
    const [dog, cat] = [new Dog({ name: "Rex", breed: "mutt" }), new Animal({ name: "Tom", kind: "cat" })];
    const bar = new Bar({ name: "Ivy", beers: 3 });
    session.addAll([dog, cat, bar]);
    await session.commit();
    expect(await session.query(Animal).orderBy("name").all()).toEqual([dog, cat]);
    expect(await session.get(Dog, dog.pk)).toBe(dog);
    dog.breed = "poodle";
    bar.beers = 4;
    bar.name = "Oak";
    await session.commit();
    expect((await Dog.objects.get({ pk: dog.pk })).breed).toBe("poodle");
    const stored = await Bar.objects.get({ pk: bar.pk });
    expect([stored.name, stored.beers]).toEqual(["Oak", 4]);
    bar.name = "Elm";
    await session.flush();
    await session.rollback();
    expect(bar.name).toBe("Oak");
    for (const row of [dog, cat, bar]) session.delete(row);
    await session.commit();
    expect([await Animal.objects.count(), await Place.objects.count()]).toEqual([0, 0]);
  });

  it("values that can be changed in place, classes with fields of their own, and moments of writing", async () => {
    await using session = new Session(holder.db);
    const row = new Stamped({ name: "a", data: { tags: ["x"] } });
    session.add(row);
    await session.commit();
    const before = row.touched;
    const found = await session.query(Stamped).one();
    expect(found).toBe(row);
    row.data.tags.push("y");
    expect(session.isModified(row)).toBe(true);
    await new Promise((resolve) => setTimeout(resolve, 5));
    await session.commit();
    expect((await Stamped.objects.get({})).data).toEqual({ tags: ["x", "y"] });
    expect(row.touched.getTime()).toBeGreaterThan(before.getTime());
    row.data.tags.push("z");
    await session.rollback();
    expect(row.data).toEqual({ tags: ["x", "y"] });
    await using other = new Session(holder.db);
    const again = await other.query(Stamped).one();
    again.own.count += 1;
    expect(other.isModified(again)).toBe(false);
    await other.commit();
    await session.refresh(row);
    expect(row.own.count).toBe(0);
  });

  it("columns that were left out, and come later", async () => {
    await Tenant.objects.create({ name: "d" });
    await using session = new Session(holder.db);
    const tenant = await session.query(Tenant).filter({ name: "d" }).only("id").one();
    expect(() => tenant.name).toThrow(/only/);
    const whole = await session.query(Tenant).filter({ name: "d" }).one();
    expect(whole).toBe(tenant);
    expect(tenant.name).toBe("d");
    const counted = await session
      .query(Tenant)
      .filter({ name: "d" })
      .annotate({ same: F("name") })
      .one();
    expect(counted).toBe(tenant);
    expect(counted.same).toBe("d");
  });

  it("streams, prefetches of one's own, raw queries", async () => {
    const stored = await Tenant.objects.create({ name: "e" });
    await Seat.objects.bulkCreate([1, 2, 3].map((number) => ({ tenant: stored, number })));
    await using session = new Session(holder.db);
    const tenant = await session.query(Tenant).filter({ name: "e" }).one();
    for await (const one of session.query(Tenant).filter({ name: "e" })) expect(one).toBe(tenant);
    const high = Prefetch("seats", Seat.objects.filter({ number__gt: 1 }), { toAttr: "high" });
    const [with2] = await session.query(Tenant).filter({ name: "e" }).prefetchRelated(high).all();
    expect(with2).toBe(tenant);
    const seats = (with2 as unknown as { high: Seat[] }).high;
    expect(seats.length).toBe(2);
    expect(await session.get(Seat, [tenant.pk, 2])).toBe(seats[0]);
    await prefetch([tenant], "seats");
    expect([...session.collection(tenant, "seats")]).toContain(seats[0]);
    const bulk = await session.query(Tenant).inBulk([tenant.pk]);
    expect(bulk.get(tenant.pk)).toBe(tenant);
  });

  it("a key that was changed is refused", async () => {
    await using session = new Session(holder.db);
    const tenant = await session.query(Tenant).first();
    if (tenant === null) throw new Error("a tenant");
    (tenant as { id: number }).id = 4711;
    await expect(session.flush()).rejects.toThrow(/key that its row is known by/);
    await session.rollback();
    expect(tenant.pk).not.toBe(4711);
  });

  it("what a row of a closed session points at can be loaded", async () => {
    const stored = await Tenant.objects.create({ name: "closed" });
    await Badge.objects.create({ tenant: stored });
    const session = new Session(holder.db);
    const badge = await session.query(Badge).filter({ tenant: stored.pk }).one();
    const before = badge.tenant;
    await session.close();
    expect((await before?.load())?.name).toBe("closed");
    expect((await badge.tenant?.load())?.name).toBe("closed");
  });

  it("what was changed of relations is lost with all the rest when an object expires", async () => {
    await using session = new Session(holder.db);
    const [ann, club] = [new Person({ name: "expired" }), new Club({ name: "expired" })];
    session.addAll([ann, club]);
    await session.commit();
    club.members.append(ann);
    session.expire(club);
    await session.commit();
    expect(await Membership.objects.filter({ club: club.pk }).count()).toBe(0);
  });

  it("says what is wrong with what it is given", async () => {
    await using session = new Session(holder.db);
    const tenant = new Tenant({ name: "given" });
    session.add(tenant);
    await session.flush();
    expect(() => new Session(holder.db, null as never)).toThrow(/an object of options, got null/);
    expect(() => session.addAll(undefined as never)).toThrow(/a list of rows, got undefined/);
    expect(() => session.expire(tenant, "name" as never)).toThrow(/a list of names of fields/);
    expect(() => session.expire(tenant, ["nmae"])).toThrow(/no field "nmae" in expire.*Did you mean "name"/);
    await expect(session.refresh(tenant, ["nmae"])).rejects.toThrow(/no field "nmae" in refresh/);
    await expect(session.refresh(tenant, ["seats"])).rejects.toThrow(/session\.expire\(row, \["seats"\]\)/);
    for (const call of ["run", "noAutoflush", "begin", "beginNested"] as const) {
      await expect(session[call]("work" as never)).rejects.toThrow(/takes a function, got string "work"/);
    }
  });

  it("a row that somebody else has deleted is told of", async () => {
    const stored = await Tenant.objects.create({ name: "f" });
    await using session = new Session(holder.db);
    const tenant = await session.query(Tenant).filter({ name: "f" }).one();
    await session.commit();
    await Tenant.objects.filter({ pk: stored.pk }).delete();
    tenant.name = "g";
    await expect(session.commit()).rejects.toThrow(Tenant.DoesNotExist);
    await session.rollback();
  });
});
