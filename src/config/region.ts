import { textLike } from './fields.ts';
import { suggestion } from './nearest-word.ts';

/** Where Cloud Phone Host is known to be offered. New ones appear: a region outside the list only earns a warning. */
const KNOWN_REGIONS = [
  'af-north-1',
  'ap-southeast-1',
  'ap-southeast-3',
  'cn-east-2',
  'cn-east-3',
  'cn-east-4',
  'cn-north-4',
  'cn-north-9',
  'cn-south-1',
  'cn-southwest-2',
  'la-north-2',
  'la-south-2',
  'ru-northwest-2',
];

/** The name of a region. Goes into host names, so nothing else is taken. */
export function region() {
  return textLike(
    /^[a-z0-9]+(?:-[a-z0-9]+)*$/,
    'a region in lower-case letters, digits and hyphens, such as ap-southeast-3',
  );
}

export function regionWarnings(origin: string, name: string): string[] {
  if (KNOWN_REGIONS.includes(name)) return [];
  return [`${origin}: ${name} is not known to offer Cloud Phone Host${suggestion(name, KNOWN_REGIONS)}`];
}
