/**
 * The island of time and theme: times in the browser's own zone, durations that go on, figures that lose their colour
 * when nobody has proven them since, the choice of a theme without a reload, and buttons that copy.
 */
import { durationText, instantText, type Shape, type Units } from './duration.ts';

/** What the browser's clock lacks to that of the server, which wrote all times. */
function skewOf(root: Document): number {
  const rendered = Date.parse(root.documentElement.dataset.now ?? '');
  return Number.isNaN(rendered) ? 0 : rendered - Date.now();
}

let skewMs = skewOf(document);
const now = () => new Date(Date.now() + skewMs);

/** Writes every time of `root` for this browser. The page that follows goes through it before it is shown. */
export function localize(root: Document): void {
  if (root !== document) skewMs = skewOf(root);
  for (const time of root.querySelectorAll<HTMLTimeElement>('time[data-shape]')) {
    const at = new Date(time.dateTime);
    time.textContent = instantText(at, { shape: time.dataset.shape as Shape, now: now(), utc: false });
  }
  root.documentElement.classList.add('js');
  goOn(root);
}

/** What depends on the time that passes: called every second. */
function goOn(root: Document): void {
  const { units = '', agoWord = '' } = document.documentElement.dataset;
  const at = now().getTime();
  for (const node of root.querySelectorAll<HTMLElement>('[data-ago], [data-elapsed]')) {
    const since = Date.parse(node.dataset.ago ?? node.dataset.elapsed ?? '');
    const text = durationText(at - since, units.split('|') as unknown as Units);
    const said = node.dataset.ago ? agoWord.replace('{}', text) : text;
    if (node.textContent !== said) node.textContent = said;
  }
  for (const node of root.querySelectorAll<HTMLElement>('[data-until]')) {
    node.classList.toggle('old', at > Date.parse(node.dataset.until ?? ''));
  }
}

function choose(link: HTMLAnchorElement): void {
  const theme = link.dataset.theme ?? '';
  const path = document.documentElement.dataset.prefix;
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is not there over plain HTTP.
  document.cookie = `cph_theme=${theme}; path=${path}/; max-age=31536000; samesite=lax`;
  document.documentElement.dataset.theme = theme;
  for (const other of document.querySelectorAll<HTMLElement>('[data-theme][href]')) {
    if (other === link) other.setAttribute('aria-current', 'true');
    else other.removeAttribute('aria-current');
  }
}

async function copy(button: HTMLButtonElement): Promise<void> {
  await navigator.clipboard.writeText(button.dataset.copy ?? '');
  const before = button.textContent;
  button.textContent = document.documentElement.dataset.copied ?? '';
  setTimeout(() => {
    button.textContent = before;
  }, 1_500);
}

document.addEventListener('click', (event) => {
  if (!(event.target instanceof Element)) return;
  const link = event.target.closest<HTMLAnchorElement>('a[data-theme]');
  if (link) {
    event.preventDefault();
    choose(link);
  }
  const button = event.target.closest<HTMLButtonElement>('button[data-copy]');
  if (button) void copy(button);
});

localize(document);
setInterval(() => goOn(document), 1_000);
