// What a session costs beside the bulk writes that it is made of: a flush of new rows and of changed ones, in
// milliseconds, best of several; and a look into its identity map.
// Usage: npm run bench:sessions [URL of a database that is empty]
import { Database, fields, manager, Model } from "dunder-orm";
import { Session } from "dunder-orm/session";

const ROWS = 1000;
const ROUNDS = 30;
const LOOKUPS = 1_000_000;

class Album extends Model("bench_album", { name: fields.string({ maxLength: 100 }) }) {
  static objects = manager(this);
}

class Track extends Model("bench_track", {
  album: () => fields.foreignKey(Album),
  title: fields.string({ maxLength: 100 }),
  composer: fields.string({ maxLength: 100, null: true }),
  milliseconds: fields.integer(),
  position: fields.integer(),
}) {
  static objects = manager(this);
}

const db = new Database(process.argv[2] ?? "sqlite::memory:");
for (const model of [Album, Track]) model.bind(db);
await db.dropTables([Album, Track], { safe: true });
await db.createTables([Album, Track]);
const album = await Album.objects.create({ name: "Malibu" });

function values(at: number) {
  return {
    album: album.pk,
    title: `Track ${at}`,
    composer: `Composer ${at % 20}`,
    milliseconds: at,
    position: at % 20,
  };
}

const rows = Array.from({ length: ROWS }, (_, at) => values(at));

/** Times alternately, so that nothing that passes by is counted for one alone; gives the best of each. */
async function best(works: Readonly<Record<string, () => Promise<number>>>): Promise<Record<string, number>> {
  const found: Record<string, number> = {};
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [name, work] of Object.entries(works)) found[name] = Math.min(found[name] ?? Infinity, await work());
    await Track.objects.delete({ all: true });
  }
  return found;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

const times = await best({
  "bulkCreate of values": () => timed(() => db.atomic(() => Track.objects.bulkCreate(rows))),
  bulkCreate: () => timed(() => db.atomic(() => Track.objects.bulkCreate(rows.map((one) => new Track(one))))),
  "flush of new rows": async () => {
    await using session = new Session(db);
    return await timed(async () => {
      for (const one of rows) session.add(new Track(one));
      await session.commit();
    });
  },
  bulkUpdate: async () => {
    const all = await Track.objects.limit(ROWS).all();
    return timed(async () => {
      for (const track of all) track.position += 1;
      await db.atomic(() => Track.objects.bulkUpdate(all, ["position"]));
    });
  },
  "flush of changed rows": async () => {
    await using session = new Session(db);
    const all = await session.query(Track).limit(ROWS).all();
    return await timed(async () => {
      for (const track of all) track.position += 1;
      await session.commit();
    });
  },
  "rows read": () => timed(() => Track.objects.limit(ROWS).all()),
  "rows read by a session": async () => {
    await using session = new Session(db);
    return await timed(() => session.query(Track).limit(ROWS).all());
  },
});
for (const [name, milliseconds] of Object.entries(times)) console.log(`${name}: ${milliseconds.toFixed(2)} ms`);
const ratio = (session: string, bulk: string): string => ((times[session] ?? 0) / (times[bulk] ?? 1)).toFixed(2);
console.log(`inserts: ${ratio("flush of new rows", "bulkCreate")} times bulkCreate`);
console.log(`updates: ${ratio("flush of changed rows", "bulkUpdate")} times bulkUpdate`);

await Track.objects.bulkCreate(rows);
await using session = new Session(db);
const keys = (await session.query(Track).all()).map(({ pk }) => pk);
const start = performance.now();
let hits = 0;
for (let at = 0; at < LOOKUPS; at += 1) if (session.identityMap.has(Track, keys[at % ROWS] ?? 0)) hits += 1;
const nanoseconds = ((performance.now() - start) / LOOKUPS) * 1e6;
console.log(`identity map: ${nanoseconds.toFixed(0)} ns a lookup (${hits === LOOKUPS ? "all found" : "some missing"})`);
await session.close();
await db.close();
