/** The island of shortcuts: `/` search, `?` what there is, `j` and `k` from row to row, `g` and a letter to a page. */

/** How long `g` waits for its letter. */
const CHORD_MS = 1_500;

let chordUntil = 0;

const isTyping = (target: EventTarget | null) =>
  target instanceof HTMLElement && target.matches('input, select, textarea, [contenteditable]');

function move(step: 1 | -1): void {
  const rows = Array.from(document.querySelectorAll<HTMLElement>('main [data-row]'));
  const at = rows.indexOf(document.activeElement as HTMLElement);
  const next = rows[at < 0 ? (step > 0 ? 0 : rows.length - 1) : at + step];
  next?.focus();
  next?.scrollIntoView({ block: 'nearest' });
}

function go(letter: string): void {
  document.querySelector<HTMLAnchorElement>(`a[data-go="${CSS.escape(letter)}"]`)?.click();
}

const SHORTCUTS: Readonly<Record<string, () => void>> = {
  '/': () => {
    const search = document.querySelector<HTMLInputElement>('#search');
    search?.focus();
    search?.select();
  },
  '?': () => document.querySelector<HTMLDialogElement>('#keys')?.showModal(),
  j: () => move(1),
  k: () => move(-1),
  g: () => {
    chordUntil = Date.now() + CHORD_MS;
  },
};

document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (isTyping(event.target)) {
    if (event.key === 'Escape' && event.target instanceof HTMLElement) event.target.blur();
    return;
  }
  if (Date.now() < chordUntil) {
    chordUntil = 0;
    go(event.key);
    return;
  }
  const shortcut = SHORTCUTS[event.key];
  if (!shortcut) return;
  event.preventDefault();
  shortcut();
});

document.querySelector('#show-keys')?.addEventListener('click', () => SHORTCUTS['?']?.());
