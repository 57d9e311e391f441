import { relations } from "drizzle-orm";
import * as my from "drizzle-orm/mysql-core";
import * as pg from "drizzle-orm/pg-core";
import { integer, real, sqliteTable, text } from "drizzle-orm/sqlite-core";

export const sqliteTables = {
  album: sqliteTable("album", {
    id: integer().primaryKey(),
    name: text().notNull(),
    artistId: integer("artist_id").notNull(),
    year: integer().notNull(),
  }),
  track: sqliteTable("track", {
    id: integer().primaryKey(),
    title: text().notNull(),
    albumId: integer("album_id").notNull(),
    composer: text(),
    milliseconds: integer().notNull(),
    bytes: integer().notNull(),
    rating: real().notNull(),
    position: integer().notNull(),
    genre: text().notNull(),
  }),
};

export const postgresTables = {
  album: pg.pgTable("album", {
    id: pg.integer().primaryKey().generatedByDefaultAsIdentity(),
    name: pg.varchar({ length: 100 }).notNull(),
    artistId: pg.integer("artist_id").notNull(),
    year: pg.integer().notNull(),
  }),
  track: pg.pgTable("track", {
    id: pg.integer().primaryKey().generatedByDefaultAsIdentity(),
    title: pg.varchar({ length: 100 }).notNull(),
    albumId: pg.integer("album_id").notNull(),
    composer: pg.varchar({ length: 100 }),
    milliseconds: pg.integer().notNull(),
    bytes: pg.integer().notNull(),
    rating: pg.doublePrecision().notNull(),
    position: pg.integer().notNull(),
    genre: pg.varchar({ length: 50 }).notNull(),
  }),
};

export const mysqlTables = {
  album: my.mysqlTable("album", {
    id: my.int().primaryKey().autoincrement(),
    name: my.varchar({ length: 100 }).notNull(),
    artistId: my.int("artist_id").notNull(),
    year: my.int().notNull(),
  }),
  track: my.mysqlTable("track", {
    id: my.int().primaryKey().autoincrement(),
    title: my.varchar({ length: 100 }).notNull(),
    albumId: my.int("album_id").notNull(),
    composer: my.varchar({ length: 100 }),
    milliseconds: my.int().notNull(),
    bytes: my.int().notNull(),
    rating: my.double().notNull(),
    position: my.int().notNull(),
    genre: my.varchar({ length: 50 }).notNull(),
  }),
};

/** The same relations for the tables of any dialect, as relational queries want them; checked as SQLite's. */
export function schemaOf(tables: typeof sqliteTables) {
  const { album, track } = tables;
  return {
    ...tables,
    albumRelations: relations(album, ({ many }) => ({ tracks: many(track) })),
    trackRelations: relations(track, ({ one }) => ({
      album: one(album, { fields: [track.albumId], references: [album.id] }),
    })),
  };
}
