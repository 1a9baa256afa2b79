/** Why work under way was ended: the program stops, and nothing has failed. */
export class Stopped extends Error {
  override readonly name = 'Stopped';
  constructor() {
    super('the program was asked to stop');
  }
}
