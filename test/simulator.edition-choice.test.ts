import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { UnusableInput } from '../src/simulator/checked-input.ts';
import { chooseEdition } from '../src/simulator/choose-edition.ts';

async function messageFor(text: string): Promise<string> {
  const error: unknown = await chooseEdition(text).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(UnusableInput);
  return error instanceof Error ? error.message : '';
}

describe('an edition on the command line', () => {
  it.each([
    ['total=absent,limit=clamped:50', { total: 'absent', limit: { clamped: 50 } }],
    ['total=page, offset=page-number', { total: 'page', offset: 'page-number' }],
    ['phoneImagesMore=marker:page_info.next', { phoneImagesMore: { marker: 'page_info.next' } }],
    ['publicImages=refused:CPS.0099/403', { publicImages: { refused: 'CPS.0099/403' } }],
    ['successFields=error_code:0', { successFields: { error_code: 0 } }],
    ['successFields=error_code:"0"', { successFields: { error_code: '0' } }],
    [
      'leftOut=status+update_time,duplicatesCounted=false',
      { leftOut: ['status', 'update_time'], duplicatesCounted: false },
    ],
    ['byIdOnly=123', { byIdOnly: ['123'] }],
  ])('%s is read', async (text, edition) => {
    expect(await chooseEdition(text)).toEqual(edition);
  });

  it.each([
    ['total=none', 'total=none: total: takes grand, page, absent, all-types, capped:N'],
    ['limit=clamped:many', 'limit: takes honoured, ignored, clamped:N'],
    ['phoneImagesPageRows=501', 'phoneImagesPageRows: '],
    ['publicImages=refused:403', 'publicImages: takes listed, refused, empty, refused:CPS.0099'],
    ['byId=refused:no', 'byId.refused: takes a code such as CPS.0099'],
    ['totl=page', 'totl: an edition has only total, '],
    ['total=page,limit', 'limit: takes NAME=VALUE, such as total=absent'],
    ['/nowhere/edition.json', '/nowhere/edition.json: ENOENT'],
  ])('%s is refused with what is wrong', async (text, problem) => {
    expect(await messageFor(text)).toContain(problem);
  });

  it('is read from a file', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'edition-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const file = join(folder, 'edition.json');
    await writeFile(file, '{"limit": {"clamped": 50}, "leftOut": ["status"]}');
    expect(await chooseEdition(file)).toEqual({ limit: { clamped: 50 }, leftOut: ['status'] });
    await writeFile(file, '["total"]');
    expect(await messageFor(file)).toContain('edition.json: takes an object of settings');
  });
});
