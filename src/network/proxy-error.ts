/** A proxy that cannot be reached, or does not let us through. Its message holds no secret. */
export class ProxyError extends Error {
  override readonly name = 'ProxyError';
  readonly code = 'PROXY';
  /** What the proxy answered; null when it did not. */
  readonly status: number | null;

  constructor(proxy: string, { status = null, cause }: { status?: number | null; cause?: unknown }) {
    super(
      status === null
        ? `the proxy ${proxy} cannot be reached (${labelOf(cause)})`
        : `the proxy ${proxy} answered with ${status}`,
      { cause },
    );
    this.status = status;
  }
}

function labelOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  return 'code' in cause && typeof cause.code === 'string' ? cause.code : cause.name;
}
