import type { Library, Row, TableName } from "./library.js";

type Family = "text" | "whole" | "price" | "day" | "instant" | "boolean";

/** A relation, as the oracle follows it. */
export interface Hop {
  readonly name: string;
  readonly to: TableName;
  readonly many: boolean;
  follow(library: Library, row: Row): readonly Row[];
}

function toOne(name: string, to: TableName): Hop {
  return { name, to, many: false, follow: (library, row) => library[to].filter(({ id }) => id === row[name]) };
}

function toMany(name: string, to: TableName, via: string): Hop {
  return { name, to, many: true, follow: (library, row) => library[to].filter((other) => other[via] === row.id) };
}

/** What can be asked of each table. */
export const TABLES: Readonly<
  Record<TableName, { readonly columns: Readonly<Record<string, Family>>; readonly hops: readonly Hop[] }>
> = {
  author: {
    columns: { id: "whole", name: "text", bio: "text", age: "whole" },
    hops: [toOne("mentor", "author"), toMany("books", "book", "author"), toMany("edited", "book", "editor")],
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
};

export type { Family };
