import type { Database } from "dunder-orm";
import { readCities, readCountries } from "./data.js";
import { Border, City, Country, CountryCurrency, CountryLanguage, Currency, Language, models } from "./models.js";
import { type Progress } from "./progress.js";

/** Cities handed over at a time, so that there is progress to show. */
const CHUNK = 4000;

/** Makes the tables anew and fills them, all in one transaction. */
export async function loadWorld(db: Database, progress: (title: string, total: number) => Progress): Promise<void> {
  await db.dropTables(models);
  await db.createTables(models);
  await db.atomic(async () => {
    await loadCountries();
    await loadCities(progress);
  });
}

async function loadCountries(): Promise<void> {
  const records = readCountries();
  const languages = new Map(records.flatMap((record) => Object.entries(record.languages)));
  const currencies = new Map(records.flatMap((record) => Object.entries(record.currencies)));

  await Language.objects.bulkCreate([...languages].map(([code, name]) => ({ code, name })));
  await Currency.objects.bulkCreate([...currencies].map(([code, { name, symbol }]) => ({ code, name, symbol })));
  await Country.objects.bulkCreate(
    records.map((record) => ({
      code: record.cca3,
      shortCode: record.cca2,
      name: record.name.common,
      officialName: record.name.official,
      capital: record.capital[0] ?? null,
      region: record.region,
      subregion: record.subregion,
      // The data says -1 where nobody knows.
      area: record.area < 0 ? null : record.area,
      landlocked: record.landlocked,
      unMember: record.unMember,
    })),
  );
  await CountryLanguage.objects.bulkCreate(
    records.flatMap(({ cca3, languages }) => Object.keys(languages).map((language) => ({ country: cca3, language }))),
  );
  await CountryCurrency.objects.bulkCreate(
    records.flatMap(({ cca3, currencies }) => Object.keys(currencies).map((currency) => ({ country: cca3, currency }))),
  );
  await Border.objects.bulkCreate(
    records.flatMap(({ cca3, borders }) => borders.map((neighbour) => ({ country: cca3, neighbour }))),
  );
}

async function loadCities(progress: (title: string, total: number) => Progress): Promise<void> {
  const records = readCities();
  const countries = new Map((await Country.objects.all()).map((country) => [country.shortCode, country.code]));
  const bar = progress("Loading cities", records.length);
  for (let start = 0; start < records.length; start += CHUNK) {
    const chunk = records.slice(start, start + CHUNK).map(({ name, country, featureCode, population, lat, lon }) => ({
      name,
      country: countries.get(country) ?? country,
      kind: featureCode,
      population,
      lat,
      lon,
    }));
    await City.objects.bulkCreate(chunk);
    bar.advance(chunk.length);
  }
  bar.stop();
}
