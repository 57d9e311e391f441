import fc from "fast-check";
import { fields, manager, Model } from "dunder-orm";

export class Author extends Model("author", {
  id: fields.integer({ primaryKey: true }),
  name: fields.string({ maxLength: 40 }),
  bio: fields.text({ null: true }),
  age: fields.integer({ null: true }),
  mentor: () => fields.foreignKey(Author, { null: true }),
  mentees: () => fields.hasMany(Author, "mentor"),
  profile: () => fields.hasOne(Profile, "author"),
  books: () => fields.hasMany(Book, "author"),
  edited: () => fields.hasMany(Book, "editor"),
}) {
  static objects = manager(this);
}

export class Book extends Model("book", {
  id: fields.integer({ primaryKey: true }),
  title: fields.string({ maxLength: 40 }),
  rating: fields.integer({ null: true }),
  price: fields.decimal({ precision: 6, scale: 2, null: true }),
  released: fields.date({ null: true }),
  made: fields.datetime(),
  sold: fields.boolean({ default: false }),
  author: () => fields.foreignKey(Author, { null: true }),
  editor: () => fields.foreignKey(Author),
}) {
  static objects = manager(this);
}

export class Profile extends Model("profile", {
  id: fields.integer({ primaryKey: true }),
  author: () => fields.oneToOne(Author, { null: true }),
  score: fields.float({ null: true }),
  visits: fields.bigInteger({ null: true }),
  motto: fields.string({ maxLength: 40, null: true }),
  active: fields.boolean({ null: true }),
  seen: fields.datetime({ null: true }),
}) {
  static objects = manager(this);
}

/** The same rows, as plain objects: what the oracle looks at. A foreign key holds the key. */
export interface Row {
  readonly [field: string]: unknown;
  readonly id: number;
}

export interface Library {
  readonly author: readonly Row[];
  readonly book: readonly Row[];
  readonly profile: readonly Row[];
}

export type TableName = keyof Library;

/** Letters with and without case, the special characters of LIKE, GLOB and regular expressions, and an emoji. */
const LETTERS = [..."aAbBéÉσΣßz09%_\\*?[]!'\" -.", "🙂"];

/** Texts from few letters, so that they often meet. */
export const texts = fc.oneof(
  { weight: 3, arbitrary: fc.array(fc.constantFrom(..."abAB"), { maxLength: 3 }).map((letters) => letters.join("")) },
  {
    weight: 2,
    arbitrary: fc.array(fc.constantFrom(...LETTERS), { maxLength: 4 }).map((letters) => letters.join("")),
  },
);

export const wholes = fc.integer({ min: -3, max: 6 });
export const prices = fc.integer({ min: -300, max: 600 }).map((cents) => (cents / 100).toFixed(2));
export const days = fc.constantFrom("2023-12-31", "2024-01-01", "2024-02-29", "2024-12-30", "1969-07-20", "2025-06-15");
export const instants = fc
  .tuple(days, fc.constantFrom("00:00:00.000Z", "23:59:59.999Z", "10:20:30.500Z", "12:00:00.000Z"))
  .map(([day, time]) => new Date(`${day}T${time}`));

/** Fractions that floats hold as they are, so that sums of them do not depend on who adds. */
export const scores = fc.integer({ min: -12, max: 24 }).map((quarters) => quarters / 4);
/** Beyond what a number of JavaScript holds, but far from what 64 bits do. */
export const visits = fc.oneof(
  fc.bigInt({ min: -3n, max: 6n }),
  fc.bigInt({ min: 9007199254740991n, max: 9007199254740995n }),
  fc.constantFrom(-(2n ** 59n), 2n ** 59n),
);

function nullable<T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> {
  return fc.option(arbitrary, { freq: 4, nil: null });
}

const AUTHORS = 7;
const BOOKS = 14;
const PROFILES = 5;

/** A few authors, some with mentors and some with no book; more books, some with no author; profiles of some authors. */
export const libraries: fc.Arbitrary<Library> = fc
  .tuple(
    fc.array(
      fc.record({
        name: texts,
        bio: nullable(texts),
        age: nullable(wholes),
        mentor: nullable(fc.integer({ min: 1, max: AUTHORS })),
      }),
      { minLength: AUTHORS, maxLength: AUTHORS },
    ),
    fc.array(
      fc.record({
        title: texts,
        rating: nullable(wholes),
        price: nullable(prices),
        released: nullable(days),
        made: instants,
        sold: fc.boolean(),
        author: nullable(fc.integer({ min: 1, max: AUTHORS - 2 })),
        editor: fc.integer({ min: 1, max: AUTHORS - 2 }),
      }),
      { minLength: BOOKS, maxLength: BOOKS },
    ),
    fc.array(
      fc.record({
        score: nullable(scores),
        visits: nullable(visits),
        motto: nullable(texts),
        active: nullable(fc.boolean()),
        seen: nullable(instants),
      }),
      { minLength: PROFILES, maxLength: PROFILES },
    ),
    fc.shuffledSubarray([1, 2, 3, 4, 5, 6, 7, null, null], { minLength: PROFILES, maxLength: PROFILES }),
  )
  .map(([authors, books, profiles, owners]) => ({
    author: numbered(authors),
    book: numbered(books),
    profile: numbered(profiles.map((profile, index) => ({ ...profile, author: owners[index] as number | null }))),
  }));

function numbered(rows: readonly object[]): Row[] {
  return rows.map((row, index) => ({ id: index + 1, ...row }));
}

/** Puts a library into the database in place of the one before. */
export async function store(library: Library): Promise<void> {
  await Profile.objects.delete({ all: true });
  await Book.objects.delete({ all: true });
  await Author.objects.update({ mentor: null }, { all: true });
  await Author.objects.delete({ all: true });
  await Author.objects.bulkCreate(library.author.map((row) => ({ ...row, mentor: null })) as never);
  for (const { id, mentor } of library.author) {
    if (mentor !== null) await Author.objects.filter({ id }).update({ mentor: mentor as number });
  }
  await Book.objects.bulkCreate(library.book as never);
  await Profile.objects.bulkCreate(library.profile);
}
