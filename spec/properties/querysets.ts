import type { Database } from "dunder-orm";
import { Author, Book, Profile, type TableName } from "./library.js";

/** A queryset whose names are made at random, so that the compiler cannot check them. */
export interface AnySet {
  filter(...where: object[]): AnySet;
  exclude(...where: object[]): AnySet;
  orderBy(...paths: unknown[]): AnySet;
  annotate(values: object): AnySet;
  alias(values: object): AnySet;
  values(...names: unknown[]): AnySet;
  valuesList(...names: unknown[]): AnySet;
  aggregate(values: object): Promise<object>;
  update(values: object, options?: object): Promise<number>;
  distinct(): AnySet;
  reverse(): AnySet;
  limit(rows: number): AnySet;
  slice(from: number, to?: number): AnySet;
  selectRelated(...paths: string[]): AnySet;
  inTimeZone(name: string): AnySet;
  using(database: Database): AnySet;
  all(): Promise<readonly { readonly id: number }[]>;
  first(): Promise<{ readonly id: number } | null>;
  last(): Promise<{ readonly id: number } | null>;
  count(): Promise<number>;
  exists(): Promise<boolean>;
  iterator(options: { readonly chunkSize: number }): AsyncIterable<{ readonly id: number }>;
}

export const SETS = {
  author: Author.objects,
  book: Book.objects,
  profile: Profile.objects,
} as unknown as Readonly<Record<TableName, AnySet>>;

/** The keys of a queryset's rows, in the order of keys. */
export async function keysIn(set: AnySet): Promise<number[]> {
  return (await set.orderBy("id").all()).map(({ id }) => id);
}

/** The keys of a queryset's rows, in its own order. */
export async function keysAsTheyCome(set: AnySet): Promise<number[]> {
  return (await set.all()).map(({ id }) => id);
}
