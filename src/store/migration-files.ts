import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

/** One migration as drizzle-kit wrote it. */
export interface MigrationFile {
  /** Its name, `0003_add_labels`. */
  readonly tag: string;
  /** SHA-256 of the file in hex. A migration that has landed is never changed. */
  readonly hash: string;
  readonly statements: readonly string[];
}

/** At the root of the package: two levels up, from src/store and from dist/store. */
export const MIGRATIONS_FOLDER = fileURLToPath(new URL('../../migrations', import.meta.url));

const journalFile = z.object({ entries: z.array(z.object({ tag: z.string() })) });

/** The migrations this program brings along, oldest first, in the order of drizzle-kit's journal. */
export async function readMigrations(folder: string): Promise<MigrationFile[]> {
  const text = await readFile(join(folder, 'meta', '_journal.json'), 'utf8');
  const { entries } = journalFile.parse(JSON.parse(text));
  return Promise.all(entries.map(({ tag }) => readMigration(folder, tag)));
}

async function readMigration(folder: string, tag: string): Promise<MigrationFile> {
  const text = await readFile(join(folder, `${tag}.sql`), 'utf8');
  return {
    tag,
    hash: createHash('sha256').update(text).digest('hex'),
    statements: text.split('--> statement-breakpoint').filter((statement) => !MAKES_SCHEMA.test(statement)),
  };
}

/**
 * The first migration of drizzle-kit makes the schema. The schema is there by then: it holds the list of
 * applied migrations. An administrator may also have made it for a user who may not.
 */
const MAKES_SCHEMA = /^\s*create schema (if not exists )?"cph";?\s*$/i;
