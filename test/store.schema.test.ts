import { execFile } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { is } from 'drizzle-orm';
import { getTableConfig, getViewConfig, PgTable, PgView } from 'drizzle-orm/pg-core';
import { expect, onTestFinished, test } from 'vitest';
import * as deliverySchema from '../src/store/delivery-schema.ts';
import * as logSchema from '../src/store/log-schema.ts';
import * as reportViews from '../src/store/report-views.ts';
import * as schema from '../src/store/schema.ts';
import * as views from '../src/store/views.ts';
import { rowsOf } from './support/inventory-rows.ts';
import { useTestDatabase } from './support/postgres.ts';

const ROOT = resolve(import.meta.dirname, '..');
const database = useTestDatabase();

test('the migrations are those of the schema: there is nothing left to generate', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'cph-inventory-schema-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  for (const name of ['migrations', 'drizzle.config.ts', 'package.json'])
    await cp(join(ROOT, name), join(folder, name), { recursive: true });
  for (const name of ['src', 'node_modules']) await symlink(join(ROOT, name), join(folder, name));

  const drizzleKit = join(ROOT, 'node_modules', '.bin', 'drizzle-kit');
  const { stdout } = await promisify(execFile)(drizzleKit, ['generate'], { cwd: folder });
  expect(stdout).toContain('No schema changes');
  expect(await contents(join(folder, 'migrations'))).toEqual(await contents(join(ROOT, 'migrations')));
});

test('a migrated database has the tables and views of the schema, column by column', async () => {
  const columns = await rowsOf(
    database.db,
    `select table_name, column_name, is_nullable = 'NO' as not_null from information_schema.columns
     where table_schema = 'cph' and table_name <> 'migrations'`,
  );
  const found = columns.map(({ table_name, column_name }) => `${table_name}.${column_name}`);
  expect(found.toSorted()).toEqual(declaredColumns().toSorted());
});

test('no migration drops a view, and with it the grants and the views of others that stand on it', async () => {
  const migrations = Object.entries(await contents(join(ROOT, 'migrations')));
  const dropping = migrations.filter(([file, text]) => file.endsWith('.sql') && /\bdrop view\b/i.test(text));
  expect(dropping.map(([file]) => file)).toEqual([]);
});

function declaredColumns(): string[] {
  const declared: unknown[] = [schema, logSchema, views, reportViews, deliverySchema].flatMap((module) =>
    Object.values(module),
  );
  return declared.flatMap((one) => {
    if (is(one, PgTable)) {
      const { name, columns } = getTableConfig(one);
      return columns.map((column) => `${name}.${column.name}`);
    }
    if (!is(one, PgView)) return [];
    const { name, selectedFields } = getViewConfig(one);
    return Object.keys(selectedFields).map((column) => `${name}.${column}`);
  });
}

async function contents(folder: string): Promise<Record<string, string>> {
  const names = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = names.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const texts = await Promise.all(files.map((file) => readFile(file, 'utf8')));
  return Object.fromEntries(files.map((file, i) => [file.slice(folder.length), texts[i] ?? '']));
}
