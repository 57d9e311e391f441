/** What is asked of PGlite itself. */
export interface Pglite {
  readonly waitReady: Promise<void>;
  execProtocolRaw(message: Uint8Array): Promise<Uint8Array>;
  runExclusive<T>(work: () => Promise<T>): Promise<T>;
  close(): Promise<void>;
}
