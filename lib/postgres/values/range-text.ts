import { quotedFrom } from "./array-text.js";
import { Range, type RangeBounds } from "./range.js";

type Element = (text: string) => unknown;

/** Reads a range as PostgreSQL writes it: `empty`, `[1,5)`, `["2001-01-01 00:00:00+00",)`. */
export function parseRange(text: string, element: Element): Range<unknown> {
  return rangeFrom(text, 0, element)[0];
}

/** Reads a list of ranges: `{[1,5),[7,9)}`. */
export function parseMultirange(text: string, element: Element): Range<unknown>[] {
  const ranges: Range<unknown>[] = [];
  for (let at = 1; at < text.length - 1;) {
    const [range, end] = rangeFrom(text, at, element);
    ranges.push(range);
    at = text[end] === "," ? end + 1 : end;
  }
  return ranges;
}

function rangeFrom(text: string, start: number, element: Element): [Range<unknown>, number] {
  if (text.startsWith("empty", start)) return [Range.empty(), start + "empty".length];
  const [lower, comma] = endFrom(text, start + 1, element);
  const [upper, end] = endFrom(text, comma + 1, element);
  return [new Range(lower, upper, `${text[start]}${text[end]}` as RangeBounds), end + 1];
}

function endFrom(text: string, start: number, element: Element): [unknown, number] {
  if (text[start] === '"') {
    const [content, end] = quotedFrom(text, start);
    return [element(content), end];
  }
  let end = start;
  while (end < text.length && !",)]".includes(text.charAt(end))) end += 1;
  return [end === start ? null : element(text.slice(start, end)), end];
}

/** Writes a range whose ends are encoded by a function. */
export function rangeText(
  { lower, upper, bounds, isEmpty }: Range<unknown>,
  encode: (value: unknown) => unknown,
): string {
  if (isEmpty) return "empty";
  const end = (value: unknown): string => (value === null ? "" : `"${String(encode(value))}"`);
  return `${bounds[0]}${end(lower)},${end(upper)}${bounds[1]}`;
}

export function multirangeText(ranges: readonly Range<unknown>[], encode: (value: unknown) => unknown): string {
  return `{${ranges.map((range) => rangeText(range, encode)).join(",")}}`;
}
