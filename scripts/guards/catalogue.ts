/** Every guard there is. */
import { ABSENCE_GUARDS } from './absences.ts';
import { ANSWER_GUARDS } from './answers.ts';
import { BRAKE_GUARDS } from './brake.ts';
import type { Guard } from './guard.ts';
import { LISTING_GUARDS } from './listings.ts';
import { PHONE_IMAGES_GUARDS } from './phone-images.ts';
import { WRITING_GUARDS } from './writing.ts';

export const GUARDS: readonly Guard[] = [
  ...ANSWER_GUARDS,
  ...LISTING_GUARDS,
  ...PHONE_IMAGES_GUARDS,
  ...ABSENCE_GUARDS,
  ...BRAKE_GUARDS,
  ...WRITING_GUARDS,
];
