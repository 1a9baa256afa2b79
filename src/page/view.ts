/** What one request is about, for everything that is drawn for it. */
import { createContext, useContext } from 'hono/jsx';
import type { Assets } from './assets.ts';
import type { Language } from './language.ts';
import type { Words } from './words/en.ts';

export const THEMES = ['light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

export interface View {
  readonly language: Language;
  readonly words: Words;
  /** Null leaves it to the browser. */
  readonly theme: Theme | null;
  /** What comes before every address, such as `/cph`; empty at the root of a host. */
  readonly prefix: string;
  /** Where the page is, without the prefix: `/images`. */
  readonly path: string;
  /** What was asked for, without what was left empty. */
  readonly asked: Readonly<Record<string, string>>;
  readonly now: Date;
  readonly assets: Assets;
}

const Context = createContext<View | null>(null);
export const ViewProvider = Context.Provider;

export function useView(): View {
  const view = useContext(Context);
  if (!view) throw new Error('what is drawn belongs to a page');
  return view;
}

type Parameters = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** An address of this site. What is null, undefined or empty is left out. */
export function addressOf(
  { prefix }: Pick<View, 'prefix'>,
  path: string,
  parameters: Parameters = {},
): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== null && value !== undefined && value !== '') query.set(name, String(value));
  }
  return `${prefix}${path}${query.size > 0 ? `?${query}` : ''}`;
}

/** This page with other parameters; null takes one away. What comes next begins anew. */
export function changedAddress(view: View, parameters: Parameters): string {
  return addressOf(view, view.path, { ...view.asked, cursor: null, ...parameters });
}
