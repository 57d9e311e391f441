import { expect, it } from "vitest";
import { onEngines, useDatabase } from "../support/engines.js";
import { Chance } from "./deletes.js";
import { SEED } from "./runs.js";
import { type Facts, models, Played, sorted, stored } from "./sessions.js";

const SEQUENCES = Number(process.env["DUNDER_TEST_SEQUENCES"] ?? 2000);
const STEPS = 14;
const CHANCES = 200_003;
/** So many sequences share rows, so that sessions find some. */
const ROUND = 50;

onEngines("sessions used at random", (engine) => {
  const holder = useDatabase(engine, models, {});

  it(`leave in the database what plain objects would have (${SEQUENCES} sequences)`, async () => {
    const chance = new Chance(SEED, CHANCES);
    let facts: Facts = new Map();
    let uid = 0;
    for (let sequence = 0; sequence < SEQUENCES; sequence += 1) {
      const played = new Played(holder.db, chance, facts, uid);
      try {
        await played.load();
        for (let step = 0; step < STEPS; step += 1) await played.step();
        await (chance.upTo(3) === 0 ? played.rollback() : played.commit());
        await played.thin();
        await played.session.close();
        if (sequence % ROUND === 0 || sequence === SEQUENCES - 1) {
          expect(sorted(await stored())).toEqual(sorted(played.committed));
        }
      } catch (error) {
        (error as Error).message += `\nseed ${SEED}, sequence ${sequence}:\n${played.log.join("\n")}`;
        throw error;
      }
      facts = played.committed;
      uid = played.uid;
    }
  }, 600_000);
});
