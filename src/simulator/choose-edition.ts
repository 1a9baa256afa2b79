import { checkedFile, checkedValue, UnusableInput } from './checked-input.ts';
import { EDITION_PART, type Edition } from './edition.ts';

/**
 * What of an edition differs from the reference pages, as a person chooses it:
 * `total=absent,limit=clamped:50`, or the path of a JSON file. Throws {@link UnusableInput}.
 */
export async function chooseEdition(text: string): Promise<Partial<Edition>> {
  const part = text.includes('=')
    ? checkedValue(Object.fromEntries(text.split(',').map(setting)), EDITION_PART, text)
    : await checkedFile(text, EDITION_PART);
  // What is undefined would hide what the reference page says.
  return Object.fromEntries(Object.entries(part).filter(([, value]) => value !== undefined));
}

function setting(text: string): [string, unknown] {
  const [, name, value] = /^\s*(\w+)=(.+?)\s*$/s.exec(text) ?? [];
  if (name === undefined || value === undefined) {
    throw new UnusableInput(text, ['takes NAME=VALUE, such as total=absent'], undefined);
  }
  const [, word, rest] = /^(\w+):(.*)$/s.exec(value) ?? [];
  return [name, word === undefined || rest === undefined ? scalar(value) : { [word]: scalar(rest) }];
}

/** Numbers, true and false are what they look like; quotes make text of them. */
function scalar(text: string): string | number | boolean {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  if (text === 'true' || text === 'false') return text === 'true';
  return /^"(.*)"$/s.exec(text)?.[1] ?? text;
}
