import { serve } from "../serve.js";
import type { Contestant, EngineName } from "../works.js";

/** The program of the contestants in this folder. Each loads only its own library. */

type Open = (engine: EngineName, url: string) => Contestant | Promise<Contestant>;

const CONTESTANTS: Readonly<Record<string, () => Promise<{ readonly open: Open }>>> = {
  drizzle: () => import("./drizzle.js"),
  "drizzle-prepared": () => import("./drizzle-prepared.js"),
  prisma: () => import("./prisma.js"),
  typeorm: () => import("./typeorm.js"),
  "mikro-orm": () => import("./mikro-orm.js"),
  sequelize: () => import("./sequelize.js"),
  objection: () => import("./objection.js"),
};

serve(async (name, engine, url) => {
  const load = CONTESTANTS[name];
  if (load === undefined) throw new Error(`bench/rivals has no ${name}.`);
  return (await load()).open(engine, url);
});
