import { type Database, fields, manager, Model } from "dunder-orm";

/** A row of some round of writing. */
export class Mark extends Model("mark", {
  id: fields.integer({ primaryKey: true }),
  round: fields.integer({ index: true }),
  value: fields.integer(),
}) {
  static objects = manager(this);
}

const MANY = 200;
const FEW = 6;

/** Rounds come in threes: many rows at once, an update of those, and blocks in a block. */
const rounds = [
  async (round: number): Promise<unknown> =>
    Mark.objects.bulkCreate(
      Array.from({ length: MANY }, () => ({ round, value: 0 })),
      { batchSize: 60 },
    ),
  async (round: number): Promise<unknown> => Mark.objects.filter({ round: round - 1 }).update({ value: round }),
  async (round: number, db: Database): Promise<unknown> =>
    db.atomic(async () => {
      const add = (): Promise<unknown> => Mark.objects.create({ round, value: 0 });
      for (let index = 0; index < FEW / 2; index += 1) await add();
      await db.atomic(() => add().then(() => Promise.reject(new Error("undone")))).catch(() => undefined);
      await db.atomic(async () => {
        for (let index = 0; index < FEW / 2; index += 1) await add();
      });
    }),
] as const;

/** Writes one round after another until that fails; says when each is done. */
export async function writeRounds(db: Database, first: number, done: (round: number) => void): Promise<never> {
  for (let round = first; ; round += 1) {
    await rounds[(round % 3) as 0 | 1 | 2](round, db);
    done(round);
  }
}

/** What is wrong with what was found of rounds, of which those up to `last` were told to be done. */
export async function checkRounds(db: Database, first: number, last: number): Promise<string[]> {
  const wrong: string[] = [];
  for (let round = first; round <= last + 2; round += 1) {
    const isUpdate = round % 3 === 1;
    const whole = round % 3 === 2 ? FEW : MANY;
    const found = isUpdate
      ? await Mark.objects
          .using(db)
          .filter({ round: round - 1, value: round })
          .count()
      : await Mark.objects.using(db).filter({ round }).count();
    if (found !== whole && (found !== 0 || round <= last)) wrong.push(`round ${round}: ${found} of ${whole} rows`);
    if (found !== 0 && round > last + 1) wrong.push(`round ${round} came after one that was not done`);
  }
  return wrong;
}
