/** The pages: which address is drawn by what, and what becomes of one that cannot be drawn. */
import { DrizzleQueryError } from 'drizzle-orm';
import { type Context, Hono } from 'hono';
import { compress } from 'hono/compress';
import { getCookie, setCookie } from 'hono/cookie';
import { html } from 'hono/html';
import type { FC } from 'hono/jsx';
import { QueryFault } from '../queries/run.ts';
import type { Database } from '../store/database.ts';
import { type Assets, assetRoutes } from './assets.ts';
import { drawBuilds } from './builds/page.tsx';
import { drawChanges } from './changes/page.tsx';
import { drawFault, type Fault } from './fault.tsx';
import { pageHeaders } from './headers.ts';
import { drawImage } from './image/page.tsx';
import { drawImages } from './images/page.tsx';
import { acceptedLanguage, isLanguage, WORDS } from './language.ts';
import { drawNow } from './now/page.tsx';
import { drawProject, drawProjects } from './projects/page.tsx';
import { drawRunbook } from './runbook.tsx';
import { drawRun } from './runs/page.tsx';
import { drawSinks } from './sinks/page.tsx';
import { addressOf, THEMES, type Theme, type View, ViewProvider } from './view.ts';

interface PageOptions {
  readonly db: Database;
  readonly now: () => Date;
  /** What comes before every address, such as `/cph`; empty at the root of a host. */
  readonly prefix: string;
  readonly baselineAlerts: boolean;
  readonly assets: Assets;
  /** Told of what could not be drawn though it should have been. */
  readonly onError: (error: unknown) => void;
}

/** What a page is drawn from. */
export interface Asking extends Pick<PageOptions, 'db' | 'baselineAlerts'> {
  readonly view: View;
  /** A part of the address, such as `image_id`. */
  readonly part: (name: string) => string;
}

/** What is drawn, read from the database before; null for what there is not. */
export type Draw = (asking: Asking) => Promise<FC | null>;

const PAGES: Readonly<Record<string, Draw>> = {
  '/': drawNow,
  '/changes': drawChanges,
  '/images': drawImages,
  '/images/:project_id/:image_id': drawImage,
  '/builds': drawBuilds,
  '/projects': drawProjects,
  '/projects/:project': drawProject,
  '/runs/:run_id': drawRun,
  '/sinks': drawSinks,
  '/runbooks': drawRunbook,
  '/runbooks/:alert': drawRunbook,
};

/** The pages and what they load. Every answer is made anew and kept by nobody. */
export function pageRoutes(options: PageOptions): Hono {
  const app = new Hono();
  app.use(compress(), pageHeaders());
  app.route('/assets', assetRoutes(options.assets));
  for (const [path, draw] of Object.entries(PAGES)) app.get(path, (c) => answer(c, options, draw));
  app.get('*', (c) => answer(c, options, async () => null));
  return app;
}

async function answer(c: Context, options: PageOptions, draw: Draw): Promise<Response> {
  const chosen = rememberChoice(c, options);
  if (chosen) return chosen;
  const view = viewOf(c, options);
  const { db, baselineAlerts } = options;
  try {
    const Drawn = await draw({ db, baselineAlerts, view, part: (name) => c.req.param(name) ?? '' });
    if (Drawn) return await send(c, view, { Drawn, status: 200 });
    return await send(c, view, { Drawn: drawFault('notFound'), status: 404 });
  } catch (error) {
    const fault = faultOf(error);
    if (fault === 'broken') options.onError(error);
    return await send(c, view, { Drawn: drawFault(fault), status: STATUS[kindOf(fault)] });
  }
}

const STATUS = { notTaken: 400, notFound: 404, away: 503, broken: 500 } as const;
const kindOf = (fault: Fault) => (typeof fault === 'string' ? fault : 'notTaken');

function faultOf(error: unknown): Fault {
  if (error instanceof QueryFault) return { parameter: error.parameter, message: error.message };
  return error instanceof DrizzleQueryError ? 'away' : 'broken';
}

async function send(
  c: Context,
  view: View,
  { Drawn, status }: { Drawn: FC; status: 200 | 400 | 404 | 500 | 503 },
): Promise<Response> {
  c.header('cache-control', 'no-store');
  c.header('vary', 'accept-language, cookie');
  const page = (
    <ViewProvider value={view}>
      <Drawn />
    </ViewProvider>
  );
  return await c.html(html`<!doctype html>${page}`, status);
}

const COOKIES = { lang: 'cph_lang', theme: 'cph_theme' } as const;
const YEAR_S = 31_536_000;

/** A language or theme in the address is kept as a cookie, and the address goes on without it. */
function rememberChoice(c: Context, { prefix }: PageOptions): Response | null {
  const { lang, theme, ...asked } = c.req.query();
  if (lang === undefined && theme === undefined) return null;
  const keep = { path: `${prefix}/`, maxAge: YEAR_S, sameSite: 'Lax' } as const;
  if (isLanguage(lang)) setCookie(c, COOKIES.lang, lang, keep);
  if (isTheme(theme)) setCookie(c, COOKIES.theme, theme, keep);
  return c.redirect(addressOf({ prefix }, c.req.path, asked), 303);
}

const isTheme = (text: string | undefined): text is Theme => THEMES.includes(text as Theme);

function viewOf(c: Context, { prefix, now, assets }: PageOptions): View {
  const chosen = getCookie(c, COOKIES.lang);
  const language = isLanguage(chosen) ? chosen : acceptedLanguage(c.req.header('accept-language'));
  const theme = getCookie(c, COOKIES.theme);
  // A form sends also what was left empty.
  const asked = Object.entries(c.req.query()).filter(([, value]) => value !== '');
  return {
    language,
    words: WORDS[language],
    theme: isTheme(theme) ? theme : null,
    prefix,
    path: c.req.path,
    asked: Object.fromEntries(asked),
    now: now(),
    assets,
  };
}
