/**
 * The embedded Postgres cannot be used. The message says what happened, what to do about it and, where the
 * server had something to say, its last words.
 */
export class EmbeddedPostgresError extends Error {
  override readonly name = 'EmbeddedPostgresError';

  constructor(message: string, options?: ErrorOptions & { output?: string }) {
    const output = options?.output?.trim();
    super(output ? `${message}\n${output}` : message, options);
  }
}
