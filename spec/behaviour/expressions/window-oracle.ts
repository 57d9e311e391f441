/** Windows in plain JavaScript: what rows there are around each, and what ranks and values come of them. */

export interface Order<R> {
  readonly of: (row: R) => number | string | null;
  readonly descending?: boolean;
  readonly nulls?: "first" | "last";
}

export interface OracleFrame {
  readonly type: "rows" | "range" | "groups";
  readonly start: number | null;
  readonly end: number | null;
  readonly exclude?: "current row" | "group" | "ties" | null;
}

export interface OracleWindow<R> {
  readonly partition?: (row: R) => unknown;
  readonly order?: readonly Order<R>[];
  readonly frame?: OracleFrame;
}

/** A row among those of its partition, which are in order. */
export interface Seat<R> {
  readonly row: R;
  readonly all: readonly R[];
  readonly at: number;
  /** The number of the group of equal rows that each row is in. */
  readonly groups: readonly number[];
  /** Rows of the frame, in order. */
  readonly frame: readonly R[];
}

function compare<R>(orders: readonly Order<R>[], a: R, b: R): number {
  for (const { of, descending = false, nulls = "first" } of orders) {
    const [x, y] = [of(a), of(b)];
    if (x === y) continue;
    if (x === null || y === null) return (x === null) === (nulls === "first") ? -1 : 1;
    return x < y === descending ? 1 : -1;
  }
  return 0;
}

/** The seats of all rows, in the order of the rows. */
export function seats<R>(
  rows: readonly R[],
  { partition = () => null, order = [], frame }: OracleWindow<R>,
): Seat<R>[] {
  return rows.map((row) => {
    const all = rows.filter((other) => partition(other) === partition(row)).sort((a, b) => compare(order, a, b));
    const groups: number[] = [];
    all.forEach((item, index) => {
      const before = all[index - 1];
      const isNew = before !== undefined && compare(order, before, item) !== 0;
      groups.push(index === 0 ? 0 : groups[index - 1]! + Number(isNew));
    });
    const at = all.indexOf(row);
    const seat = { row, all, at, groups };
    return { ...seat, frame: framed(seat, order, frame) };
  });
}

function framed<R>(
  { row, all, at, groups }: Omit<Seat<R>, "frame">,
  order: readonly Order<R>[],
  frame: OracleFrame = { type: "range", start: null, end: order.length === 0 ? null : 0 },
): R[] {
  const { type, start, end, exclude = null } = frame;
  const distance = (index: number): number => {
    if (type === "rows") return index - at;
    if (type === "groups" || order.length === 0) return groups[index]! - groups[at]!;
    const [first] = order;
    const [here, there] = [first!.of(row), first!.of(all[index]!)];
    const isOfEquals = [start, end].every((edge) => edge === null || edge === 0);
    if (isOfEquals) return groups[index]! - groups[at]!;
    return (first!.descending ? -1 : 1) * (Number(there) - Number(here));
  };
  const isIn = (index: number) => {
    const far = distance(index);
    return (start === null || far >= start) && (end === null || far <= end);
  };
  const isExcluded = (index: number) => {
    const isTie = groups[index] === groups[at];
    if (exclude === "current row") return index === at;
    return exclude === "group" ? isTie : exclude === "ties" && isTie && index !== at;
  };
  return all.filter((_, index) => isIn(index) && !isExcluded(index));
}

export const ranks = {
  rowNumber: ({ at }: Seat<unknown>) => at + 1,
  rank: ({ at, groups }: Seat<unknown>) => groups.indexOf(groups[at]!) + 1,
  denseRank: ({ at, groups }: Seat<unknown>) => groups[at]! + 1,
  percentRank: ({ at, all, groups }: Seat<unknown>) =>
    all.length === 1 ? 0 : groups.indexOf(groups[at]!) / (all.length - 1),
  cumeDist: ({ at, all, groups }: Seat<unknown>) => (groups.lastIndexOf(groups[at]!) + 1) / all.length,
  ntile:
    (parts: number) =>
    ({ at, all }: Seat<unknown>) => {
      const [small, larger] = [Math.floor(all.length / parts), all.length % parts];
      const inLarger = larger * (small + 1);
      return at < inLarger ? Math.floor(at / (small + 1)) + 1 : larger + Math.floor((at - inLarger) / small) + 1;
    },
};
