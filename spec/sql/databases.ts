import { Database } from "dunder-orm";

/** One of each engine, never connected. */
export const databases = {
  sqlite: new Database("sqlite:never-opened.sqlite"),
  postgres: new Database("postgres://nobody@localhost/nowhere"),
  mysql: new Database("mysql://nobody@localhost/nowhere"),
};

export type EngineName = keyof typeof databases;
export type TestDatabase = (typeof databases)[EngineName];
