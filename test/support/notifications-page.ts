/** What docs/notifications.md shows, and a project in which an image fails so that it can be tried. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished } from 'vitest';
import { createUpstreamMemory } from '../../src/cph/upstream-memory.ts';
import { createSinks } from '../../src/daemon/sinks.ts';
import type { Sink } from '../../src/delivery/sink.ts';
import { loadFile, TOKEN } from './config-file.ts';
import { imagesRecord } from './image-records.ts';
import type { TestDatabase } from './postgres.ts';
import { type ScriptedProject, scriptedProject } from './scripted-project.ts';

export const PAGE = readFileSync('docs/notifications.md', 'utf8');
export const SECRET = `whsec_${Buffer.from('32 bytes that only we two know..').toString('base64')}`;

/** The one block of the page in this language that has `part` in it. */
export function shown(language: string, part: string): string {
  const blocks = [...PAGE.matchAll(new RegExp(`^\`\`\`${language}\n([\\s\\S]*?)^\`\`\``, 'gm'))].map(
    ([, text = '']) => text,
  );
  const found = blocks.filter((text) => text.includes(part));
  if (found.length !== 1) throw new Error(`the page has ${found.length} blocks of ${language} with ${part}`);
  return found[0] ?? '';
}

/** `text` with `from` in it replaced, which must be there. */
export function put(text: string, from: string, to: string): string {
  if (!text.includes(from)) throw new Error(`no ${from} in ${text}`);
  return text.replaceAll(from, to);
}

/** Sweeps project `p1` with one image of this status: 1 usable, 2 failed. It is usable when a test begins. */
export function useOneImage(database: TestDatabase): (status_code: number) => Promise<void> {
  let project: ScriptedProject;
  const sweepWith = async (status_code: number) => {
    project.api.records = [imagesRecord('i1', { image_name: 'base image', status_code })];
    await project.sweep();
  };
  beforeEach(async () => {
    await database.truncate();
    project = await scriptedProject(database.db);
    await sweepWith(1);
  });
  return sweepWith;
}

/** The sink of a part of a configuration file. */
export function sinkOf(part: string): Sink {
  const projects = 'projects: [{ project_id: p1, region: ap-southeast-3 }]\n';
  const { sinks, warnings, ...config } = loadFile(`${TOKEN}${projects}${part}`, {
    files: { '/run/secrets/cph-webhook': SECRET },
  });
  expect(warnings).toEqual([]);
  const now = () => new Date();
  const [sink] = createSinks(sinks, { ...config, memory: createUpstreamMemory(now), now });
  if (!sink) throw new Error('the part has no sink');
  return sink;
}

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'cph-notifications-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
