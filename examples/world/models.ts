import { fields, manager, Model } from "dunder-orm";

export class Country extends Model(
  "world_country",
  {
    code: fields.string({ maxLength: 3, primaryKey: true }),
    shortCode: fields.string({ maxLength: 2, unique: true }),
    name: fields.string({ maxLength: 60 }),
    officialName: fields.string({ maxLength: 100 }),
    capital: fields.string({ maxLength: 60, null: true }),
    region: fields.string({ maxLength: 20, index: true }),
    subregion: fields.string({ maxLength: 40 }),
    area: fields.float({ null: true, comment: "In square kilometres." }),
    landlocked: fields.boolean(),
    unMember: fields.boolean(),
    cities: () => fields.hasMany(City, "country"),
    languages: () => fields.hasMany(CountryLanguage, "country"),
    currencies: () => fields.hasMany(CountryCurrency, "country"),
    borders: () => fields.hasMany(Border, "country"),
    borderedBy: () => fields.hasMany(Border, "neighbour"),
  },
  { ordering: ["name"] },
) {
  static objects = manager(this);
}

export class Language extends Model("world_language", {
  code: fields.string({ maxLength: 3, primaryKey: true }),
  name: fields.string({ maxLength: 60 }),
  countries: () => fields.hasMany(CountryLanguage, "language"),
}) {
  static objects = manager(this);
}

export class Currency extends Model("world_currency", {
  code: fields.string({ maxLength: 3, primaryKey: true }),
  name: fields.string({ maxLength: 60 }),
  symbol: fields.string({ maxLength: 10 }),
  countries: () => fields.hasMany(CountryCurrency, "currency"),
}) {
  static objects = manager(this);
}

export class CountryLanguage extends Model(
  "world_country_language",
  {
    country: () => fields.foreignKey(Country, { onDelete: "cascade" }),
    language: () => fields.foreignKey(Language, { onDelete: "cascade" }),
  },
  { constraints: [{ unique: ["country", "language"] }] },
) {
  static objects = manager(this);
}

export class CountryCurrency extends Model(
  "world_country_currency",
  {
    country: () => fields.foreignKey(Country, { onDelete: "cascade" }),
    currency: () => fields.foreignKey(Currency, { onDelete: "cascade" }),
  },
  { constraints: [{ unique: ["country", "currency"] }] },
) {
  static objects = manager(this);
}

/** One side of a border: France has a row for Spain, and Spain has one for France. */
export class Border extends Model(
  "world_border",
  {
    country: () => fields.foreignKey(Country, { onDelete: "cascade" }),
    neighbour: () => fields.foreignKey(Country, { onDelete: "cascade" }),
  },
  { constraints: [{ unique: ["country", "neighbour"] }] },
) {
  static objects = manager(this);
}

export class City extends Model("world_city", {
  name: fields.string({ maxLength: 100, index: true }),
  country: () => fields.foreignKey(Country, { onDelete: "cascade" }),
  kind: fields.string({ maxLength: 10 }),
  population: fields.integer({ index: true }),
  lat: fields.float(),
  lon: fields.float(),
}) {
  static objects = manager(this);

  get isCapital(): boolean {
    return this.kind === "PPLC";
  }
}

export const models = [Country, Language, Currency, CountryLanguage, CountryCurrency, Border, City];
