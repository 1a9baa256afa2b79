/**
 * Whether tests run at full length, as in CI: LONG=1. Whoever reads this says what it cuts short otherwise.
 */
export const LONG = process.env.LONG === '1';
