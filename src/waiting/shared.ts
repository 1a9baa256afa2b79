/**
 * Work that many may ask for at once. Whoever asks while it is under way gets that answer, so it never runs
 * twice at the same time. An answer that has come is not kept.
 */
export function shared<Result>(work: () => Promise<Result>): () => Promise<Result> {
  let underWay: Promise<Result> | null = null;
  return () => {
    underWay ??= work().finally(() => {
      underWay = null;
    });
    return underWay;
  };
}
