/** A list's length is part of the shape only as a power of two: some engines need it spelled out. */
export function roundedLength(list: readonly unknown[]): number {
  return 2 ** Math.ceil(Math.log2(list.length));
}
