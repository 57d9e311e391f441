/** Options of `db.bind` and `bindContext`. */
export interface BindOptions {
  /** Whether models that are related to those given are bound with them, however far. */
  readonly related?: boolean;
}
