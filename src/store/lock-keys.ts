/**
 * The numbers of all advisory locks, in one place, so that no two are the same.
 *
 * Never change one. Replicas of the version before hold their locks by these numbers while a new one starts,
 * and programs that go by different numbers do not keep each other out. That is also why they follow two
 * schemes. A new lock gets the next number after 7_266_004.
 */

/** Session: shared by every program that uses an embedded server, exclusive for the one that stops it. */
export const EMBEDDED_SERVER_LOCK = 7_266_001;

/** Transaction: only one program migrates. */
export const MIGRATION_LOCK = 7_266_002;

/** Transaction: only one replica prunes; the others leave it to that one. */
export const PRUNING_LOCK = 7_266_003;

/** Session: two connections of `check` try whether a lock of one keeps the other out. */
export const TRIAL_LOCK = 7_266_004;

/**
 * Transaction: serialises the ends of all transactions that append to the log, across projects and replicas.
 */
export const LOG_LOCK = 0x63_70_68_01;
