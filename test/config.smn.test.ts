import { describe, expect, test } from 'vitest';
import { loadConfig } from '../src/config/config.ts';
import { faultsOf, loadFile, surroundings, TOKEN } from './support/config-file.ts';

const URN = 'urn:smn:cn-north-4:p-2:cph-alerts';
const file = (more = '', projects = TWO) =>
  `${TOKEN}projects: ${projects}\nsinks: [{ kind: smn, topic_urn: "${URN}"${more} }]\n`;
const TWO =
  '[{ project_id: p-1, region: cn-east-3, name: Live }, { project_id: p-2, region: cn-north-4, name: Games }]';
const sinkOf = (text: string) => loadFile(text).sinks[0];

describe('a topic', () => {
  test('of the environment makes a sink named smn, with the key of the project', () => {
    const env = {
      HW_REGION_NAME: 'cn-north-4',
      HW_PROJECT_ID: 'p-1',
      HW_AUTH_TOKEN: 'hunter2',
      CPH_SMN_TOPIC_URN: URN,
    };
    expect(loadConfig({ ...surroundings(''), env }).sinks).toEqual([
      {
        kind: 'smn',
        name: 'smn',
        topicUrn: URN,
        endpoint: 'https://smn.cn-north-4.myhuaweicloud.com',
        projectId: 'p-1',
      },
    ]);
  });

  test.each([
    ['cn-north-4', 'https://smn.cn-north-4.myhuaweicloud.com'],
    ['ru-northwest-2', 'https://smn.ru-northwest-2.myhuaweicloud.com'],
    ['cn-north-2', 'https://smn.cn-north-2.myhuaweicloud.cn'],
    ['eu-west-101', 'https://smn.eu-west-101.myhuaweicloud.eu'],
  ])('in %s is published to at %s', (region, endpoint) => {
    expect(sinkOf(file().replace('smn:cn-north-4', `smn:${region}`))).toMatchObject({ endpoint });
  });

  test('has another endpoint where one is given', () => {
    expect(sinkOf(file(', endpoint: "https://smn.{region}.example.com/base/"'))).toMatchObject({
      endpoint: 'https://smn.cn-north-4.example.com/base',
    });
  });

  test.each([
    ['of its own project', '', TWO, 'p-2'],
    ['of the project named by its id', ', project: p-1', TWO, 'p-1'],
    ['of the project named by its name', ', project: Live', TWO, 'p-1'],
    ['of the only project', '', '[{ project_id: p-9, region: cn-north-4 }]', 'p-9'],
  ])('is published to with the credentials %s', (_case, more, projects, projectId) => {
    expect(sinkOf(file(more, projects))).toMatchObject({ projectId });
  });

  test('in another region than the project that publishes is a warning', () => {
    expect(loadFile(file(', project: Live')).warnings.join()).toMatch(
      /topic is in cn-north-4, and project p-1/,
    );
    expect(loadFile(file()).warnings).toEqual([]);
  });

  test.each([
    ['another service', file().replace('urn:smn', 'urn:obs'), 'topic_urn', /the URN of a topic/],
    ['a name alone', file().replace(URN, 'cph-alerts'), 'topic_urn', /the URN of a topic/],
    ['no topic', file().replace(`topic_urn: "${URN}"`, 'name: smn'), 'topic_urn', /the URN of a topic/],
    ['a project that is not there', file(', project: p-3'), 'project', /one of p-1, p-2/],
    [
      'a foreign project and two to choose from',
      file().replace(':p-2:', ':p-7:'),
      'project',
      /one of p-1, p-2/,
    ],
    [
      'an endpoint with a password',
      file(', endpoint: "https://u:p@x"'),
      'endpoint',
      /without user, password/,
    ],
  ])('with %s is a fault', (_case, text, where, expected) => {
    const faults = faultsOf(text);
    expect(faults).toHaveLength(1);
    expect(faults[0]?.where).toContain(where);
    expect(faults[0]?.expected).toMatch(expected);
  });
});
