import type { SqlDriverAdapterFactory } from "@prisma/client/runtime/client";
import {
  type Contestant,
  type EngineName,
  POOL,
  type Related,
  relatedWorks,
  type Runs,
  TRACKS,
  worksOf,
} from "../works.js";
// Made by prisma-client.mjs before this is compiled.
import { PrismaClient } from "./node_modules/.dunder-prisma/prisma-client/client.js";
import { camelCase, dataOf, fileOf, ignoringCase, type TrackRow } from "./shapes.js";

async function adapterFor(engine: EngineName, url: string): Promise<SqlDriverAdapterFactory> {
  if (engine === "sqlite") {
    const { PrismaBetterSqlite3 } = await import("@prisma/adapter-better-sqlite3");
    return new PrismaBetterSqlite3({ url: fileOf(url) });
  }
  if (engine === "postgres") {
    const { PrismaPg } = await import("@prisma/adapter-pg");
    return new PrismaPg({ connectionString: url, max: POOL });
  }
  const { PrismaMariaDb } = await import("@prisma/adapter-mariadb");
  const { hostname: host, port, username: user, password, pathname } = new URL(url);
  const database = pathname.slice(1);
  return new PrismaMariaDb({ host, port: Number(port), user, password, database, connectionLimit: POOL });
}

/** The generated client with a driver adapter: on MySQL and MariaDB that is the driver mariadb, not mysql2. */
export async function open(engine: EngineName, url: string): Promise<Contestant> {
  const prisma = new PrismaClient({ adapter: await adapterFor(engine, url) });
  if (engine === "sqlite") {
    await prisma.$queryRawUnsafe("PRAGMA journal_mode = WAL");
    await prisma.$executeRawUnsafe("PRAGMA synchronous = NORMAL");
    await prisma.$executeRawUnsafe("PRAGMA foreign_keys = ON");
  }
  return {
    works: {
      ...worksOf(
        { ...read(prisma), ...readAcross(prisma, engine), ...ask(prisma), ...write(prisma, engine) },
        camelCase,
      ),
      ...relatedWorks(relatedOn(prisma), camelCase),
    },
    clean: async () => (await prisma.track.deleteMany({ where: { id: { gt: TRACKS } } })).count,
    close: () => prisma.$disconnect(),
  };
}

function read(prisma: PrismaClient): Pick<Runs, "get" | "filter3" | "list" | "join"> {
  const orderBy = { id: "asc" } as const;
  return {
    get: (id) => prisma.track.findUnique({ where: { id } }),
    filter3: (composer, milliseconds, position) =>
      prisma.track.findMany({
        where: { composer, milliseconds: { gte: milliseconds }, position: { lte: position } },
        orderBy: [{ milliseconds: "desc" }, { id: "asc" }],
        take: 20,
      }),
    list: (first, last) => prisma.track.findMany({ where: { id: { gte: first, lte: last } }, orderBy }),
    join: (first, last) =>
      prisma.track.findMany({ where: { id: { gte: first, lte: last } }, include: { album: true }, orderBy }),
  };
}

/** It compares without regard to case on PostgreSQL only; elsewhere that has to be SQL. */
function readAcross(prisma: PrismaClient, engine: EngineName): Pick<Runs, "across" | "iexact"> {
  const orderBy = { id: "asc" } as const;
  const sql =
    "select t.*, t.album_id as albumId from track t join album a on a.id = t.album_id " +
    `where ${ignoringCase(engine, "a.name")} = lower(?) order by t.id`;
  const insensitive = (equals: string) => ({ album: { name: { equals, mode: "insensitive" } } });
  return {
    across: (name) => prisma.track.findMany({ where: { album: { name } }, orderBy }),
    iexact: (name) =>
      engine === "postgres"
        ? prisma.track.findMany({ where: insensitive(name) as object, orderBy })
        : prisma.$queryRawUnsafe<TrackRow[]>(sql, name),
  };
}

/** It makes one query of what `findUnique` is asked in one tick. */
function relatedOn(prisma: PrismaClient): Related {
  const orderBy = { id: "asc" } as const;
  return {
    prefetch: (first, last) =>
      prisma.album.findMany({ where: { id: { gte: first, lte: last } }, include: { tracks: { orderBy } }, orderBy }),
    lazy: async (first, last) => {
      const tracks = await prisma.track.findMany({ where: { id: { gte: first, lte: last } }, orderBy });
      const albums = tracks.map(({ albumId }) => prisma.album.findUnique({ where: { id: albumId } }));
      return (await Promise.all(albums)).map((album, at) => ({ ...tracks[at], album }));
    },
  };
}

function ask(prisma: PrismaClient): Pick<Runs, "count" | "exists"> {
  const where = (composer: string, least: number) => ({ composer, milliseconds: { gte: least } });
  return {
    count: (...values) => prisma.track.count({ where: where(...values) }),
    exists: async (...values) =>
      (await prisma.track.findFirst({ where: where(...values), select: { id: true } })) !== null,
  };
}

/** A client that was generated for MySQL does not have it. */
interface Returning {
  createManyAndReturn(options: { readonly data: readonly object[] }): Promise<unknown[]>;
}

function write(prisma: PrismaClient, engine: EngineName): Pick<Runs, "create" | "bulkCreate" | "update"> {
  return {
    create: (track) => prisma.track.create({ data: dataOf(track) }),
    bulkCreate: async (tracks) => {
      const data = tracks.map(dataOf);
      if (engine !== "mysql") return await (prisma.track as unknown as Returning).createManyAndReturn({ data });
      await prisma.track.createMany({ data });
      return data;
    },
    update: async (id, bytes) => {
      await prisma.track.update({ where: { id }, data: { bytes } });
      return 1;
    },
  };
}
