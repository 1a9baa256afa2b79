/** Which language a page is written in. */
import { en, type Words } from './words/en.ts';
import { zh } from './words/zh.ts';

export const LANGUAGES = ['en', 'zh-CN'] as const;
export type Language = (typeof LANGUAGES)[number];

export const WORDS: Readonly<Record<Language, Words>> = { en, 'zh-CN': zh };

export const isLanguage = (text: string | undefined): text is Language =>
  LANGUAGES.includes(text as Language);

/**
 * The first of `Accept-Language` that there is, by its weights (RFC 9110 §12.5.4), else English. Every Chinese is
 * read as Simplified: there is no other here.
 */
export function acceptedLanguage(header: string | undefined): Language {
  const ranges = (header ?? '').split(',').map((range, i) => {
    const [tag = '', ...parameters] = range.trim().toLowerCase().split(';');
    const q = parameters.map((p) => /^\s*q=([\d.]+)\s*$/.exec(p)?.[1]).find(Boolean);
    return { tag: tag.trim(), weight: q === undefined ? 1 : Number(q), i };
  });
  const wanted = ranges.filter(({ weight }) => weight > 0).sort((a, b) => b.weight - a.weight || a.i - b.i);
  for (const { tag } of wanted) {
    if (/^zh\b/.test(tag)) return 'zh-CN';
    if (/^(en\b|\*$)/.test(tag)) return 'en';
  }
  return 'en';
}
