/** Whether tests run at full length, as CI has them: LONG=1. What is cut short otherwise says so where it reads this. */
export const LONG = process.env.LONG === '1';
