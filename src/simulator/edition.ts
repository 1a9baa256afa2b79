/**
 * Where the real API's editions differ, or where its pages leave open what it does. The defaults are what the reference
 * pages say.
 */
export interface Edition {
  /** Whether `total` counts everything that matches, only the rows of the page, or is not sent at all. */
  readonly total: 'grand' | 'page' | 'absent';
  /** Whether `offset` counts images or pages of `limit` images. */
  readonly offset: 'index' | 'page-number';
  /**
   * How phone-images is paged: not at all; with `marker` and `limit` and the next marker in `page_info`; or in full
   * pages that do not say how to go on.
   */
  readonly phoneImagesPaging: 'none' | 'marker' | 'bare';
  /** Whether the images endpoint still lists public images. */
  readonly publicImages: 'listed' | 'refused';
}

export const REFERENCE_EDITION: Edition = {
  total: 'grand',
  offset: 'index',
  phoneImagesPaging: 'none',
  publicImages: 'listed',
};
