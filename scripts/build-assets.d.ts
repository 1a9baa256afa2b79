/** See build-assets.js. */
export function buildAssets(out: string): void;
