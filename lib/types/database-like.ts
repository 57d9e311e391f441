/** A database, or what stands for one: as much as declarations need to know. */
export interface DatabaseLike {
  close(): Promise<unknown>;
}
