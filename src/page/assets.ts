/** What a browser loads beside the page: all of it in memory, under an address that its content decides. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Hono } from 'hono';

export interface Assets {
  /** Of the content of all of them: modules name each other by neighbouring addresses. */
  readonly hash: string;
  readonly files: ReadonlyMap<string, Asset>;
}

interface Asset {
  readonly type: string;
  readonly text: string;
}

/** The mark of the tab. Its one colour is seen on light and on dark. */
const ICON =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect x="1" y="2" width="14" height="12" rx="3" fill="#1f5fae"/><path d="M4 8.2l2.6 2.6L12 5.6" fill="none" stroke="#fff" stroke-width="1.8"/></svg>';

const CSS = 'text/css; charset=utf-8';
const SCRIPT = 'text/javascript; charset=utf-8';

/**
 * Reads them from the folder of the compiled page, or of its sources: there the islands are not compiled, and a page
 * without script is what comes.
 */
export function readAssets(folder: string = import.meta.dirname): Assets {
  const files = new Map<string, Asset>([
    ['icon.svg', { type: 'image/svg+xml', text: ICON }],
    ['style.css', { type: CSS, text: styleIn(folder) }],
  ]);
  const islands = readdirSync(join(folder, 'islands')).filter((name) => name.endsWith('.js'));
  for (const name of islands.toSorted())
    files.set(name, { type: SCRIPT, text: readFileSync(join(folder, 'islands', name), 'utf8') });
  const digest = createHash('sha256');
  for (const [name, { text }] of files) digest.update(name).update(text);
  return { hash: digest.digest('hex').slice(0, 12), files };
}

/** The sheets in the order of their names: a later one may overrule. */
function styleIn(folder: string): string {
  const sheets = readdirSync(join(folder, 'style')).toSorted();
  return sheets.map((name) => readFileSync(join(folder, 'style', name), 'utf8')).join('');
}

/** `/{hash}/{name}`, kept by browsers for a year: other content has another address. */
export function assetRoutes({ hash, files }: Assets): Hono {
  const app = new Hono();
  app.get('/:hash/:name', (c) => {
    const file = c.req.param('hash') === hash ? files.get(c.req.param('name')) : undefined;
    if (!file) return c.notFound();
    return c.body(file.text, 200, {
      'content-type': file.type,
      'cache-control': 'public, max-age=31536000, immutable',
    });
  });
  return app;
}
