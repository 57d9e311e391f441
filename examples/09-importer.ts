// An importer on a manager: models that know no database, one object bound to one, rows that come in pieces, some of
// them twice and some of them wrong; and a report that is read without promises.
import assert from "node:assert/strict";
import { Count, Database, fields, manager, Model, Sum, ValidationError } from "dunder-orm";
import { Manager } from "dunder-orm/manager";

class Supplier extends Model("supplier", {
  code: fields.string({ maxLength: 8, unique: true }),
  name: fields.string({ maxLength: 60 }),
  deliveries: () => fields.hasMany(Delivery, "supplier"),
}) {
  static objects = manager(this);
}

class Delivery extends Model(
  "delivery",
  {
    number: fields.integer({ unique: true }),
    supplier: () => fields.foreignKey(Supplier, { onDelete: "restrict" }),
    arrived: fields.date(),
    pieces: fields.integer({ check: "pieces > 0" }),
  },
  { ordering: ["number"] },
) {
  static objects = manager(this);
}

const FILES: Readonly<Record<string, string>> = {
  "monday.csv": `number,supplier,name,arrived,pieces
1001,acme,Acme Ltd,2026-03-02,40
1002,bolt,Bolt & Co,2026-03-02,12
1003,acme,Acme Ltd,2026-03-02,7`,
  // One line comes again, and one supplier has another name by now.
  "tuesday.csv": `number,supplier,name,arrived,pieces
1003,acme,Acme Ltd,2026-03-02,7
1004,bolt,Bolt and Company,2026-03-03,25`,
  // The second line is wrong: nothing of this file is kept.
  "wednesday.csv": `number,supplier,name,arrived,pieces
1005,core,Core SA,2026-03-04,3
1006,core,Core SA,2026-02-30,9`,
};

interface Line {
  readonly number: number;
  readonly supplier: string;
  readonly name: string;
  readonly arrived: string;
  readonly pieces: number;
}

function linesOf(text: string): Line[] {
  return text
    .split("\n")
    .slice(1)
    .map((line) => {
      const [number = "", supplier = "", name = "", arrived = "", pieces = ""] = line.split(",");
      return { number: Number(number), supplier, name, arrived, pieces: Number(pieces) };
    });
}

/** What the importer does with deliveries; where they are kept is said once, when it is made. */
class Importer extends Manager {
  /** Imports a file, all of it or nothing, and gives how many of its deliveries were new. */
  async importFile(text: string): Promise<number> {
    return this.atomic(async () => {
      let isNew = 0;
      for (const line of linesOf(text)) if (await this.#importLine(line)) isNew += 1;
      return isNew;
    });
  }

  async #importLine({ number, supplier: code, name, arrived, pieces }: Line): Promise<boolean> {
    const [supplier, created] = await this.getOrCreate(Supplier, { code }, { defaults: { name } });
    if (!created && supplier.name !== name) {
      supplier.name = name;
      assert.equal(await this.update(supplier, ["name"]), 1);
    }
    const [, made] = await this.createOrGet(Delivery, { number, supplier, arrived, pieces });
    return made;
  }

  /** Pieces by supplier, the most first: at once, since a report on the console waits for nothing else. */
  report(): string[] {
    return Supplier.objects
      .using(this.database)
      .annotate({ n: Count("deliveries"), pieces: Sum("deliveries__pieces") })
      .orderBy("-pieces")
      .sync.all()
      .map((supplier) => `${supplier.name}: ${supplier.pieces} pieces in ${supplier.n} deliveries`);
  }
}

await using db = new Database("sqlite::memory:");
await db.createTables([Supplier, Delivery]);
const importer = new Importer(db);

assert.equal(await importer.importFile(FILES["monday.csv"]!), 3);
assert.equal(await importer.importFile(FILES["tuesday.csv"]!), 1);
await assert.rejects(importer.importFile(FILES["wednesday.csv"]!), (error) => {
  assert.ok(error instanceof ValidationError);
  console.log(`wednesday.csv was left out: ${error.message}`);
  return /Delivery\.arrived/.test(error.message);
});
assert.equal(await importer.getOrNull(Supplier, { code: "core" }), null);

const report = importer.report();
for (const line of report) console.log(line);
assert.deepEqual(report, ["Acme Ltd: 47 pieces in 2 deliveries", "Bolt and Company: 37 pieces in 2 deliveries"]);

// The same importer on another database.
await using archive = new Database("sqlite::memory:");
await archive.createTables([Supplier, Delivery]);
assert.equal(await importer.using(archive).importFile(FILES["monday.csv"]!), 3);
assert.deepEqual([await importer.count(Delivery), await importer.using(archive).count(Delivery)], [4, 3]);

const bolt = await importer.get(Supplier, { code: "bolt" });
assert.equal(await importer.delete(bolt, { recursive: true }), 1);
assert.equal(await importer.scalar(Delivery.objects.values("supplier__code")), "acme");
console.log("The importer did what it should.");
