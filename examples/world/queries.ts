import assert from "node:assert/strict";
import { Q } from "dunder-orm";
import { Border, City, Country, Language } from "./models.js";
import { list, type Question, value } from "./question.js";

const names = (rows: readonly { readonly name: string }[]): string[] => rows.map((row) => row.name);

// show.ts prints each query as it stands here: between `() =>` and the object of columns or the check.
export const questions: readonly Question[] = [
  list(
    'Across a foreign key: big cities of countries with "land" in their name',
    () =>
      City.objects
        .filter({ country__name__icontains: "LAND", population__gte: 500_000 })
        .selectRelated("country")
        .orderBy("-population")
        .limit(6)
        .all(),
    {
      city: (city) => city.name,
      country: (city) => city.country.name,
      population: (city) => city.population,
    },
    (rows) => {
      assert.equal(rows[0]?.name, "Bangkok");
      assert.ok(rows.every((city) => /land/i.test(city.country.name)));
    },
  ),

  list(
    "Across a reverse relation: the neighbours of Germany",
    () => Country.objects.filter({ borderedBy__country__name: "Germany" }).all(),
    { country: (country) => country.name, capital: (country) => country.capital },
    (rows) => {
      const around = "Austria Belgium Czechia Denmark France Luxembourg Netherlands Poland Switzerland";
      assert.deepEqual(names(rows), around.split(" "));
    },
  ),

  list(
    "Ignoring case, in any script: three cities, spelled otherwise in the data",
    () =>
      City.objects
        .filter(Q.or(Q({ name__iexact: "istanbul" }), Q({ name__iexact: "ÅLESUND" }), Q({ name__iexact: "УСЯЖ" })))
        .selectRelated("country")
        .orderBy("name")
        .all(),
    { city: (city) => city.name, country: (city) => city.country.name },
    (rows) => assert.deepEqual(names(rows), ["Ålesund", "İstanbul", "Усяж"]),
  ),

  list(
    "Two relations at once: where people speak Spanish and pay in US dollars",
    () => Country.objects.filter({ languages__language__name: "Spanish", currencies__currency__code: "USD" }).all(),
    { country: (country) => country.name, region: (country) => country.region },
    (rows) => assert.ok(names(rows).includes("Ecuador") && names(rows).includes("El Salvador")),
  ),

  list(
    "Exclude: countries of the Americas with none of four languages",
    () =>
      Country.objects
        .filter({ region: "Americas" })
        .exclude({ languages__language__name__in: ["Spanish", "English", "French", "Dutch"] })
        .all(),
    { country: (country) => country.name, capital: (country) => country.capital },
    (rows) => assert.deepEqual(names(rows), ["Brazil", "Greenland"]),
  ),

  list(
    "In, with a queryset: cities of three million in countries that border Russia",
    () =>
      City.objects
        .filter({
          country__in: Country.objects.filter({ borderedBy__country__name: "Russia" }),
          population__gte: 3_000_000,
        })
        .selectRelated("country")
        .orderBy("country__name", "-population")
        .limit(5)
        .all(),
    { city: (city) => city.name, country: (city) => city.country.name, population: (city) => city.population },
    (rows) => {
      assert.equal(rows[0]?.name, "Shanghai");
      assert.equal(rows.length, 5);
    },
  ),

  list(
    "Distinct: countries with a city of more than ten million",
    () => Country.objects.filter({ cities__population__gt: 10_000_000 }).distinct().all(),
    { country: (country) => country.name, region: (country) => country.region },
    (rows) => {
      assert.equal(new Set(names(rows)).size, rows.length);
      assert.ok(names(rows).includes("Türkiye"));
    },
  ),

  list(
    "Numbers: the southernmost towns",
    () =>
      City.objects
        .filter({ lat__range: [-90, -50], population__gte: 10_000 })
        .selectRelated("country")
        .orderBy("lat")
        .all(),
    { city: (city) => city.name, country: (city) => city.country.name, latitude: (city) => city.lat },
    (rows) => assert.equal(rows[0]?.name, "Ushuaia"),
  ),

  list(
    "Two keys to the same model: borders between Europe and Asia",
    () =>
      Border.objects
        .filter({ country__region: "Europe", neighbour__region: "Asia" })
        .selectRelated("country", "neighbour")
        .orderBy("country__name", "neighbour__name")
        .limit(6)
        .all(),
    { europe: (border) => border.country.name, asia: (border) => border.neighbour.name },
    (rows) => assert.ok(rows.every((border) => border.country.region === "Europe")),
  ),

  list(
    "Is null: countries of Europe with no neighbour",
    () => Country.objects.filter({ region: "Europe", borders__isnull: true }).exclude({ area__lt: 10_000 }).all(),
    { country: (country) => country.name, area: (country) => country.area },
    (rows) => assert.deepEqual(names(rows), ["Iceland", "Svalbard and Jan Mayen"]),
  ),

  list(
    "A transform: countries with names of four letters, the largest first",
    () => Country.objects.filter({ name__length: 4 }).orderBy("-area").all(),
    { country: (country) => country.name, area: (country) => country.area },
    (rows) => {
      assert.equal(rows[0]?.name, "Iran");
      assert.ok(rows.every((country) => country.name.length === 4));
    },
  ),

  list(
    "A reverse relation in hand: the largest cities of Iceland",
    async () => {
      const iceland = await Country.objects.get({ name: "Iceland" });
      return iceland.cities.filter({ population__gt: 5_000 }).orderBy("-population").limit(4).all();
    },
    { city: (city) => city.name, population: (city) => city.population, capital: (city) => city.isCapital },
    (rows) => assert.equal(rows[0]?.isCapital, true),
  ),

  value(
    "Count: European cities of more than a hundred thousand",
    () => City.objects.filter({ country__region: "Europe", population__gt: 100_000 }).count(),
    (answer) => assert.equal(answer, 850),
  ),

  value(
    "Exists: is there a landlocked country that borders landlocked countries only?",
    () =>
      Country.objects
        .filter({ landlocked: true, borders__isnull: false })
        .exclude({ borders__neighbour__landlocked: false })
        .exists(),
    (answer) => assert.equal(answer, true),
  ),

  list(
    "A row that is not there: the error says which model and which lookups",
    async () => {
      try {
        return [(await Language.objects.get({ name__iexact: "klingon" })).name];
      } catch (error) {
        if (error instanceof Language.DoesNotExist) return [error.message];
        throw error;
      }
    },
    { outcome: (message) => message },
    (rows) => assert.deepEqual(rows, ["No Language matches get({ name__iexact })."]),
  ),

  list(
    "A name that is not there: refused by the compiler, and by the library with a proposal",
    async () => {
      try {
        // @ts-expect-error: ✗ no such field or lookup: country__nmae
        return (await City.objects.filter({ country__nmae: "Chad" }).all()).map((city) => city.name);
      } catch (error) {
        return [(error as Error).message];
      }
    },
    { outcome: (message) => message },
    (rows) => assert.match(rows[0] ?? "", /^Country has no field "nmae".*Did you mean "name"\?/),
  ),
];
