/** When the database cannot be used, told once. */

/** What asks the database: leases (claims, renewals, giving back) and looks. */
type Asker = 'lease' | 'look';

export interface Outages {
  /**
   * The database has done what was asked of it. Do not call this for work that asked nothing, which proves
   * nothing.
   */
  readonly answered: (asker: Asker) => void;
  readonly failed: (asker: Asker, error: unknown) => void;
}

/**
 * Tells `onOutage` of the first failure, and null once whatever failed has succeeded again. So an outage of
 * an hour is two lines. Leases that work do not prove that looks do: a disk that is full may let rows be
 * changed and none be added.
 */
export function createOutages(onOutage: (error: unknown) => void): Outages {
  const failing = new Set<Asker>();
  return {
    answered: (asker) => {
      if (failing.delete(asker) && failing.size === 0) onOutage(null);
    },
    failed: (asker, error) => {
      if (failing.size === 0) onOutage(error);
      failing.add(asker);
    },
  };
}
