/** The runbook of an alert, as it is in docs: at hand also where no other site can be reached. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runbookPath } from '../inventory/addresses.ts';
import type { Draw } from './app.tsx';
import { Frame } from './frame.tsx';
import { addressOf, type View } from './view.ts';

const FOLDER = join(import.meta.dirname, '..', '..', 'docs', 'runbooks');

/** What is shown where no alert is named: all of them. */
const LIST = 'README';

export const drawRunbook: Draw = async ({ view, part }) => {
  const alert = part('alert') || LIST;
  const text = /^(Cph\w+|README)$/.test(alert)
    ? await readFile(join(FOLDER, `${alert}.md`), 'utf8').catch(() => null)
    : null;
  if (text === null) return null;
  const [heading = '', ...rest] = text.split('\n');
  const title = heading.replace(/^# /, '');
  return () => (
    <Frame title={title} seq={null}>
      <h1>{title}</h1>
      <section aria-label={view.words.now.runbook}>
        <pre lang="en">{withLinks(rest.join('\n').trim(), view)}</pre>
      </section>
    </Frame>
  );
};

/** Between texts, the names of alerts that lead to their files in docs. */
const LINK = /\[(Cph\w+)\]\(\1\.md\)/;

/** Runbooks that a text leads to are one step away here as well. */
function withLinks(text: string, view: View) {
  return text
    .split(LINK)
    .map((part, i) => (i % 2 === 0 ? part : <a href={addressOf(view, runbookPath(part))}>{part}</a>));
}
