import type { Library, Row, TableName } from "./library.js";

type Family = "text" | "whole" | "big" | "price" | "float" | "day" | "instant" | "boolean";

/** A relation, as the oracle follows it. */
export interface Hop {
  readonly name: string;
  readonly to: TableName;
  readonly many: boolean;
  /** True where its key is a column of the row itself. */
  readonly held: boolean;
  follow(library: Library, row: Row): readonly Row[];
}

function toOne(name: string, to: TableName): Hop {
  return {
    name,
    to,
    many: false,
    held: true,
    follow: (library, row) => library[to].filter(({ id }) => id === row[name]),
  };
}

function toMany(name: string, to: TableName, via: string): Hop {
  return {
    name,
    to,
    many: true,
    held: false,
    follow: (library, row) => library[to].filter((other) => other[via] === row.id),
  };
}

function otherSide(name: string, to: TableName, via: string): Hop {
  return { ...toMany(name, to, via), many: false };
}

/** What can be asked of each table. */
export const TABLES: Readonly<
  Record<TableName, { readonly columns: Readonly<Record<string, Family>>; readonly hops: readonly Hop[] }>
> = {
  author: {
    columns: { id: "whole", name: "text", bio: "text", age: "whole" },
    hops: [
      toOne("mentor", "author"),
      toMany("mentees", "author", "mentor"),
      toMany("books", "book", "author"),
      toMany("edited", "book", "editor"),
      otherSide("profile", "profile", "author"),
    ],
  },
  book: {
    columns: {
      id: "whole",
      title: "text",
      rating: "whole",
      price: "price",
      released: "day",
      made: "instant",
      sold: "boolean",
    },
    hops: [toOne("author", "author"), toOne("editor", "author")],
  },
  profile: {
    columns: {
      id: "whole",
      score: "float",
      visits: "big",
      motto: "text",
      active: "boolean",
      seen: "instant",
    },
    hops: [toOne("author", "author")],
  },
};

export type { Family };
