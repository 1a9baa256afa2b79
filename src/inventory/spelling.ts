/** An id without what its spellings differ in: case and punctuation. */
export function bareId(image_id: string): string {
  return image_id.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
}

/** Whether two ids may be spellings of one. */
export function isSpelling(a: string, b: string): boolean {
  return bareId(a) === bareId(b);
}
