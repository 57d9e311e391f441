import { plainCreated, plainJoined, plainTrack, type Work, type WorkName } from "../works.js";
import type { Row } from "./rows.js";

/** The works of a contestant whose rows have the columns' names. */
export function worksOf(runs: Readonly<Record<WorkName, Work["run"]>>): Record<WorkName, Work> {
  const rows = (plain: (row: Row) => unknown) => (result: readonly Row[]) => result.map(plain);
  const as = (run: Work["run"], plain: (result: never) => unknown): Work => ({ run, plain });
  return {
    get: as(runs.get, plainTrack),
    filter3: as(runs.filter3, rows(plainTrack)),
    list1000: as(runs.list1000, rows(plainTrack)),
    join1000: as(runs.join1000, rows(plainJoined)),
    create: as(runs.create, plainCreated),
    bulkCreate1000: as(runs.bulkCreate1000, rows(plainCreated)),
    update: as(runs.update, Number),
  };
}
