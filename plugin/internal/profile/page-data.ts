/** The data of a profile's page, as JSON in its element `data`. */
export type PageData = {
  readonly cycles: number;
  /** Names of functions; `function` points here. */
  readonly names: readonly string[];
  /** The call tree; a parent comes before its children, the entry has -1. */
  readonly parent: readonly number[];
  readonly function: readonly number[];
  readonly self: readonly number[];
  readonly calls: readonly number[];
  /** Rows of the tables. */
  readonly functions: readonly {
    readonly name: string;
    readonly calls: number;
    readonly self: number;
    readonly total: number;
  }[];
  readonly spans: readonly {
    readonly name: string;
    readonly calls: number;
    readonly cycles: number;
    readonly depth: number;
  }[];
  readonly instructions: readonly (readonly [name: string, count: number])[];
  readonly syscalls: readonly (readonly [name: string, count: number])[];
};
