/** What a person is told first of a rejected credential depends on which one it is. */
import { expect, test } from 'vitest';
import { ON_ISSUED_TOKEN, ON_KEY, ON_PASSWORD, ON_TEMPORARY_KEY, ON_TOKEN } from '../src/cph/auth/advice.ts';
import { classifyAnswer } from '../src/cph/classify.ts';
import { useTestDatabase } from './support/postgres.ts';
import { simulatedProject } from './support/simulated-project.ts';

const database = useTestDatabase();

const NOW = new Date('2026-03-01T12:00:00Z');

function rejection(date?: string) {
  const body = { error_code: 'APIGW.0301', error_msg: 'Incorrect IAM authentication information.' };
  const answer = { status: 401, headers: date === undefined ? {} : { date }, text: JSON.stringify(body) };
  const { error } = classifyAnswer(answer, { endpoint: 'cloud-phone/images', now: NOW, secrets: [] });
  if (!error) throw new Error('a rejection was expected');
  return error;
}

test.each([
  ['a token', ON_TOKEN, /^The token has expired .*HW_AUTH_TOKEN/],
  ['a key', ON_KEY, /^Check HW_ACCESS_KEY and HW_SECRET_KEY: .* swapped/],
  ['a temporary key', ON_TEMPORARY_KEY, /^The security token has expired .*HW_SECURITY_TOKEN/],
  ['a token that IAM has just given', ON_ISSUED_TOKEN, /^IAM has just given .*HW_AUTH_URL and CPH_ENDPOINT/],
  ['a password', ON_PASSWORD, /^Check HW_USER_PASSWORD .*HW_DOMAIN_NAME/],
])('of %s, its likeliest cause', (_, advise, expected) => {
  expect(advise(rejection())).toMatch(expected);
});

test.each([
  ['Sun, 01 Mar 2026 10:00:00 GMT', /^The clock of this machine is 120 min ahead of that of the API/],
  ['Sun, 01 Mar 2026 12:20:00 GMT', /^The clock of this machine is 20 min behind that of the API/],
])('of a signature, a clock that is wrong by the answer of %s', (date, expected) => {
  expect(ON_KEY(rejection(date))).toMatch(expected);
  expect(ON_TEMPORARY_KEY(rejection(date))).toMatch(expected);
  expect(ON_TOKEN(rejection(date))).toMatch(/^The token/);
});

test.each(['Sun, 01 Mar 2026 11:58:00 GMT', 'soon'])('%s is no wrong clock', (date) => {
  expect(ON_KEY(rejection(date))).toMatch(/^Check HW_ACCESS_KEY/);
});

test('a sweep ends with the advice of its own credential, in sentences with one full stop', async () => {
  const { sweep, world } = await simulatedProject(database.db, {
    env: (cloud) => ({
      HW_AUTH_TOKEN: '',
      HW_ACCESS_KEY: cloud.keyPair.access,
      HW_SECRET_KEY: 'wrong',
    }),
  });
  world.create({ status: 1 });
  const { error } = await sweep();
  const { errorText } = await import('../src/sync/trouble.ts');
  expect(errorText(error)).toMatch(/ information\. \S/);
  expect(errorText(error)).not.toMatch(/\.[;.]/);
});
