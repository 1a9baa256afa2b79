/** What is around every page: the head, the way to the other pages, the search, and the foot. */
import type { Child } from 'hono/jsx';
import { LANGUAGES, WORDS } from './language.ts';
import { addressOf, changedAddress, THEMES, useView } from './view.ts';

interface FrameProps {
  /** What the tab says in front of our name. */
  readonly title: string;
  /** The newest event that the page knows; null for a page that has nothing to follow. */
  readonly seq: number | null;
  /** The same facts as JSON, seen from the root. */
  readonly json?: string | undefined;
  readonly children?: Child;
}

const PAGES = [
  ['/', 'now', 'n'],
  ['/changes', 'changes', 'c'],
  ['/images', 'images', 'i'],
  ['/builds', 'builds', 'b'],
  ['/projects', 'projects', 'p'],
  ['/sinks', 'sinks', 's'],
] as const;

export function Frame({ title, seq, json, children }: FrameProps) {
  const { words, language, theme, prefix, now, assets } = useView();
  const asset = (name: string) => `${prefix}/assets/${assets.hash}/${name}`;
  return (
    <html
      lang={language}
      data-theme={theme ?? undefined}
      data-prefix={prefix}
      data-assets={assets.hash}
      data-seq={seq ?? undefined}
      data-now={now.toISOString()}
      data-units={words.units.join('|')}
      data-ago-word={words.ago}
      data-copied={words.copied}
    >
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content={theme ?? 'light dark'} />
        <title>{`${title} · cph-inventory`}</title>
        <link rel="icon" href={asset('icon.svg')} type="image/svg+xml" />
        <link rel="stylesheet" href={asset('style.css')} />
        {['times.js', 'live.js', 'keys.js']
          .filter((name) => assets.files.has(name))
          .map((name) => (
            <script type="module" src={asset(name)} />
          ))}
      </head>
      <body>
        <a class="skip" href="#content">
          {words.skip}
        </a>
        <Top />
        <main id="content" tabindex={-1}>
          {children}
        </main>
        <Foot json={json} />
        <Keys />
      </body>
    </html>
  );
}

function Top() {
  const view = useView();
  const { words, path } = view;
  return (
    <header class="top">
      <a class="brand" href={addressOf(view, '/')}>
        cph-inventory
      </a>
      <nav aria-label={words.pages}>
        {PAGES.map(([to, name, letter]) => (
          <a
            href={addressOf(view, to)}
            data-go={letter}
            aria-current={isWithin(path, to) ? 'page' : undefined}
          >
            {words.nav[name]}
          </a>
        ))}
      </nav>
      <search>
        <form action={addressOf(view, '/images')}>
          <input
            id="search"
            name="q"
            type="search"
            aria-label={words.search.label}
            placeholder={words.search.hint}
            value={path === '/images' ? view.asked.q : undefined}
            maxlength={256}
          />{' '}
          <span aria-hidden="true" class="with">
            <kbd>/</kbd>
          </span>
        </form>
      </search>
    </header>
  );
}

/** A run belongs to its project, and so to the projects. */
function isWithin(path: string, page: string): boolean {
  if (page === '/') return path === '/';
  return path === page || path.startsWith(`${page}/`) || (page === '/projects' && path.startsWith('/runs/'));
}

function Foot({ json }: { json?: string | undefined }) {
  const view = useView();
  const { words, language, theme } = view;
  const { live } = words;
  return (
    <footer class="foot">
      <span
        id="live"
        role="status"
        data-live={live.live}
        data-polling={live.polling}
        data-paused={live.paused}
        data-cut={live.cut}
      >
        {live.off}
      </span>
      <span>
        <span class="with">{words.foot.local}</span>
        <span class="without">{words.foot.utc}</span>
      </span>
      <span>
        {words.foot.theme.label}:{' '}
        {THEMES.map((name) => (
          <>
            <a
              href={changedAddress(view, { theme: name })}
              data-theme={name}
              aria-current={theme === name ? 'true' : undefined}
            >
              {words.foot.theme[name]}
            </a>{' '}
          </>
        ))}
      </span>
      <span>
        {LANGUAGES.map((name) => (
          <>
            <a
              href={changedAddress(view, { lang: name })}
              lang={name}
              hreflang={name}
              aria-current={language === name ? 'true' : undefined}
            >
              {WORDS[name].languageName}
            </a>{' '}
          </>
        ))}
      </span>
      {json ? <a href={addressOf(view, json, view.asked)}>{words.foot.api}</a> : null}
      <button type="button" id="show-keys" class="with">
        <kbd>?</kbd> {words.foot.keys}
      </button>
    </footer>
  );
}

function Keys() {
  const { keys } = useView().words;
  const lines = [
    [['/'], keys.search],
    [['j', 'k'], keys.rows],
    [['Enter'], keys.open],
    [['g', 'n c i b p s'], keys.pages],
    [['?'], keys.help],
  ] as const;
  return (
    <dialog id="keys" aria-labelledby="keys-title">
      <h2 id="keys-title">{keys.title}</h2>
      <dl class="pairs">
        {lines.map(([shown, meaning]) => (
          <>
            <dt>
              {shown.map((key) => (
                <>
                  <kbd>{key}</kbd>{' '}
                </>
              ))}
            </dt>
            <dd>{meaning}</dd>
          </>
        ))}
      </dl>
      <form method="dialog">
        <button type="submit">{keys.close}</button>
      </form>
    </dialog>
  );
}
