/** Contestants that need nothing but the project's own packages; the first is what the others are compared with. */
export const OWN = ["driver", "raw-map", "kysely", "dunder-orm"] as const;

/** Contestants from bench/rivals. */
export const RIVALS = [
  "drizzle",
  "drizzle-prepared",
  "prisma",
  "typeorm",
  "mikro-orm",
  "sequelize",
  "objection",
] as const;

export const CONTESTANTS: readonly string[] = [...OWN, ...RIVALS];

export const isRival = (name: string): boolean => RIVALS.some((rival) => rival === name);
