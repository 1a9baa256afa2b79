/**
 * SIGHUP: somebody wants a reload, or the terminal was closed. It is remembered until there is a command that
 * knows.
 */

let hearer: (() => void) | null = null;
let heard = false;

process.on('SIGHUP', () => {
  if (hearer) hearer();
  else heard = true;
});

/** From now on SIGHUP calls `hear`; one that has come before anybody listened calls it at once. */
export function onHangup(hear: () => void): void {
  hearer = hear;
  if (heard) hear();
  heard = false;
}

/** The same, unless somebody listens already. */
export function onHangupElse(hear: () => void): void {
  if (!hearer) onHangup(hear);
}
