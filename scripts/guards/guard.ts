/** A guard keeps the inventory from a false removal, an event for nothing or a silence. What it takes to take it out. */

export interface Patch {
  readonly file: string;
  /** Occurs exactly once in the file. */
  readonly find: string;
  readonly replace: string;
}

export interface Guard {
  readonly name: string;
  readonly patches: readonly Patch[];
  /** The test file that misses it, in `test`; random histories of small projects where none is named. */
  readonly missedBy?: string;
}
