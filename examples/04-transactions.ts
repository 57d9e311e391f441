// What is awaited inside db.atomic happens wholly or not at all.
import assert from "node:assert/strict";
import { CheckViolation, Database, fields, manager, Model } from "dunder-orm";

const db = new Database("sqlite::memory:");

class Account extends Model(
  "account",
  {
    owner: fields.string({ maxLength: 50, unique: true }),
    cents: fields.integer({ check: "cents >= 0" }),
  },
  { database: db },
) {
  static objects = manager(this);
}

await db.createTables([Account]);
await Account.objects.bulkCreate([
  { owner: "Ann", cents: 500 },
  { owner: "Ben", cents: 0 },
]);

async function transfer(from: string, to: string, cents: number): Promise<void> {
  await db.atomic(async () => {
    const payee = await Account.objects.get({ owner: to });
    await payee.update({ cents: payee.cents + cents });
    const payer = await Account.objects.get({ owner: from });
    await payer.update({ cents: payer.cents - cents });
    await db.onCommit(() => console.log(`${from} paid ${to} ${cents} cents`));
  });
}

const balances = async () => (await Account.objects.orderBy("owner").all()).map((account) => account.cents);

await transfer("Ann", "Ben", 300);
assert.deepEqual(await balances(), [200, 300]);

// The second update is refused, so the first is undone, and onCommit does not run.
await assert.rejects(transfer("Ann", "Ben", 300), CheckViolation);
assert.deepEqual(await balances(), [200, 300]);

// A block in a block is a savepoint: it can fail by itself.
await db.atomic(async () => {
  await Account.objects.create({ owner: "Cid", cents: 1 });
  await assert.rejects(
    db.atomic(() => Account.objects.create({ owner: "Dee", cents: -1 })),
    CheckViolation,
  );
});
assert.deepEqual(await balances(), [200, 300, 1]);
console.log(await balances());

await db.close();
