/** The runbook of an alert, as it is in docs: at hand also where no other site can be reached. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Draw } from './app.tsx';
import { Frame } from './frame.tsx';

const FOLDER = join(import.meta.dirname, '..', '..', 'docs', 'runbooks');

export const drawRunbook: Draw = async ({ view, part }) => {
  const alert = part('alert');
  const text = /^Cph\w+$/.test(alert)
    ? await readFile(join(FOLDER, `${alert}.md`), 'utf8').catch(() => null)
    : null;
  if (text === null) return null;
  const [, ...rest] = text.split('\n');
  return () => (
    <Frame title={alert} seq={null}>
      <h1>{alert}</h1>
      <section aria-label={view.words.now.runbook}>
        <pre lang="en">{rest.join('\n').trim()}</pre>
      </section>
    </Frame>
  );
};
