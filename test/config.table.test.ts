import { expect, test } from 'vitest';
import { loadConfig } from '../src/config/config.ts';
import { describeSettings } from '../src/config/describe-settings.ts';
import { processSurroundings } from '../src/config/environment.ts';
import {
  CREDENTIAL_SETTINGS,
  GLOBAL_SETTINGS,
  PROJECT_SETTINGS,
  type Row,
} from '../src/config/setting-table.ts';
import { ALERTMANAGER_SETTINGS, WEBHOOK_SETTINGS } from '../src/config/sink-table.ts';

test('every setting is described once, by name, default and meaning', () => {
  const names = describeSettings().map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  for (const setting of describeSettings()) expect(setting.description, setting.name).not.toBe('');
  expect(describeSettings()).toContainEqual({
    name: 'CPH_RATE_LIMIT',
    default: '20',
    secret: false,
    description: 'requests a second, per project',
  });
});

test('setting a default by hand changes nothing', () => {
  const { files } = processSurroundings();
  const env = { HW_REGION_NAME: 'ap-southeast-3', HW_PROJECT_ID: 'p-1', HW_AUTH_TOKEN: 'token' };
  const defaults = describeSettings().flatMap((setting) =>
    setting.default === null ? [] : [[setting.name, setting.default]],
  );
  expect(defaults.length).toBeGreaterThan(10);
  const byHand = loadConfig({ env: { ...env, ...Object.fromEntries(defaults) }, files });
  expect(JSON.stringify(byHand)).toBe(JSON.stringify(loadConfig({ env, files })));
});

test('no secret has a default', () => {
  expect(describeSettings().filter((setting) => setting.secret && setting.default !== null)).toEqual([]);
});

test('every setting has a place of its own in a configuration file', () => {
  const tables = [
    PROJECT_SETTINGS,
    CREDENTIAL_SETTINGS,
    GLOBAL_SETTINGS,
    WEBHOOK_SETTINGS,
    ALERTMANAGER_SETTINGS,
  ];
  for (const table of tables) {
    const keys = Object.values<Row>(table).map(({ key }) => key);
    expect(new Set(keys).size).toBe(keys.length);
    for (const key of keys) expect(key).toMatch(/^[a-z_]+(?:\.[a-z_]+)?$/);
  }
});
