import { expect, it } from "vitest";
import { fields, manager, Model } from "dunder-orm";
import { statementsDuring } from "../support/driver-statements.js";
import { onEngines, useDatabase } from "../support/engines.js";
import { without } from "../support/without.js";

class Note extends Model("note", { id: fields.integer({ primaryKey: true }), text: fields.text() }) {
  static objects = manager(this);
}

function mayGenerate(): boolean {
  try {
    // Whether this throws is the question.
    // eslint-disable-next-line @typescript-eslint/no-implied-eval
    return (new Function("return true") as () => boolean)();
  } catch {
    return false;
  }
}

async function readTwoWays(): Promise<void> {
  for (let round = 0; round < 3; round += 1) {
    await Note.objects.filter({ id: 1 }).all();
    await Note.objects.filter({ text: "a" }).all();
  }
}

// A run of the suite without one of them (DUNDER_TEST_WITHOUT) proves nothing unless that one is off.
onEngines("Plans, statements and generated code", (engine) => {
  const holder = useDatabase(engine, [Note], { pool: { max: 1 } });

  it("are there unless this run does without them", async () => {
    await readTwoWays();
    const { compiled } = holder.db.plans.stats;
    const { prepared, sent } = await statementsDuring(holder.db, readTwoWays);
    expect(sent).toBe(6);
    expect({
      kept: prepared < sent,
      compiled: holder.db.plans.stats.compiled - compiled,
      generates: mayGenerate(),
    }).toEqual({
      kept: !without.has("statements"),
      compiled: without.has("plans") ? 6 : 0,
      generates: !without.has("readers"),
    });
  });
});
