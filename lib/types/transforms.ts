/** Transforms of text that an extension adds by declaration merging: apart, so that users can add theirs, too. */
export interface TextTransformExtras {}

/** Steps between a field and its lookup: `released__year__gte`. Each names the family that its result belongs to. */
export interface TextTransforms extends TextTransformExtras {
  /** Characters. */
  length: "number";
  lower: "text";
  upper: "text";
  /** Without spaces at either end. */
  trim: "text";
}

/** "same" keeps the type of number: a bigint stays one, a decimal stays a string. */
export interface NumberTransforms {
  abs: "same";
}

/** Parts of a day. `week_day` counts from Sunday, 1; `iso_week_day` from Monday, 1. */
export interface DateTransforms {
  year: "number";
  iso_year: "number";
  quarter: "number";
  month: "number";
  week: "number";
  day: "number";
  week_day: "number";
  iso_week_day: "number";
}

export interface TimeTransforms {
  hour: "number";
  minute: "number";
  second: "number";
}

/** Parts of an instant, in UTC or in the time zone that the database or the queryset is set to. */
export interface DatetimeTransforms extends DateTransforms, TimeTransforms {
  /** Compares with "YYYY-MM-DD". */
  date: "date";
  /** Compares with "HH:MM:SS". */
  time: "time";
}

export interface BooleanTransforms {}
export interface DurationTransforms {}
export interface UuidTransforms {}
export interface JsonTransforms {}
export interface BinaryTransforms {}

/** Transforms of each family. */
export interface FamilyTransforms {
  text: TextTransforms;
  number: NumberTransforms;
  boolean: BooleanTransforms;
  date: DateTransforms;
  time: TimeTransforms;
  datetime: DatetimeTransforms;
  duration: DurationTransforms;
  uuid: UuidTransforms;
  json: JsonTransforms;
  binary: BinaryTransforms;
}

/**
 * Steps whose names are the path's own, such as places in a list: what `Name` leads to from a value of type `T`, as a
 * specification. Extensions add their families by declaration merging.
 */
// eslint-disable-next-line @typescript-eslint/no-unused-vars -- merged declarations have the same parameters
export interface FamilySteps<T, Name> {}

/** The values of a family where a transform made them. */
export interface FamilyValues {
  text: string;
  number: number;
  boolean: boolean;
  date: string;
  time: string;
  datetime: Date;
  duration: number;
  uuid: string;
  json: unknown;
  binary: Uint8Array;
}

/** The family of a value that no field declares: an annotation's. */
export type FamilyOf<T> = T extends number | bigint
  ? "number"
  : T extends string
    ? "text"
    : T extends boolean
      ? "boolean"
      : T extends Date
        ? "datetime"
        : T extends Uint8Array
          ? "binary"
          : "json";
