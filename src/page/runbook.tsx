/** The runbook of an alert, as it is in docs: at hand also where no other site can be reached. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Draw } from './app.tsx';
import { Frame } from './frame.tsx';

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
        <pre lang="en">{rest.join('\n').trim()}</pre>
      </section>
    </Frame>
  );
};
