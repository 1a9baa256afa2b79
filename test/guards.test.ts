/**
 * `npm run check:guards` takes the text of each guard out of the code, which takes long. That it is there to be taken out is
 * quickly seen, and was untrue of ten guards when it was not looked at.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { GUARDS } from '../scripts/guards/catalogue.ts';
import { ROOT } from './support/checkout.ts';

test.each(GUARDS)('the guard is where it is looked for, once: $name', ({ patches, missedBy }) => {
  for (const { file, find } of patches)
    expect(readFileSync(join(ROOT, file), 'utf8').split(find), `${file}: ${find}`).toHaveLength(2);
  if (missedBy) expect(existsSync(join(ROOT, 'test', missedBy)), missedBy).toBe(true);
});
