import { z } from 'zod';
import { address, addressIn, clearTextWarnings } from './domain-fields.ts';
import { shown } from './fault.ts';
import { textLike } from './fields.ts';
import type { ProjectConfig } from './project.ts';
import type { Findings, Settings } from './settings.ts';
import { judge } from './settings.ts';
import { sinkName } from './sink-name.ts';
import type { SMN_SETTINGS } from './sink-table.ts';

export type SmnKey = keyof typeof SMN_SETTINGS;

/** A topic of Simple Message Notification that alerts are published to. */
export interface SmnConfig {
  readonly kind: 'smn';
  readonly name: string;
  readonly topicUrn: string;
  /** Without a slash at its end. */
  readonly endpoint: string;
  /** The project whose credentials publish. */
  readonly projectId: string;
}

const URN = /^urn:smn:([a-z0-9-]+):([A-Za-z0-9_-]{1,64}):[A-Za-z0-9_-]{1,255}$/;

export const SMN_FIELDS = {
  name: sinkName('smn'),
  topicUrn: textLike(
    URN,
    'the URN of a topic, such as urn:smn:cn-north-4:0a1b2c3d4e5f60718293a4b5c6d7e8f9:cph-alerts',
  ),
  endpoint: address('https://smn.cn-north-4.myhuaweicloud.com'),
  project: textLike(/\S/, 'the id or name of one of the projects').optional(),
} satisfies Record<SmnKey, z.ZodType>;

const smn = z.object(SMN_FIELDS);

/** Regions whose hosts have another name (the vendor's SDK, region list of SMN). */
const ELSEWHERE: Readonly<Record<string, string>> = {
  'cn-north-2': 'https://smn.cn-north-2.myhuaweicloud.cn',
  'eu-west-101': 'https://smn.eu-west-101.myhuaweicloud.eu',
};

/** Null, with a fault for each, when something about it is wrong. */
export function assembleSmn(
  settings: Settings<SmnKey>,
  projects: readonly ProjectConfig[],
  findings: Findings,
): SmnConfig | null {
  const fields = judge(smn, settings, findings);
  if (fields === null) return null;
  const { name, topicUrn } = fields;
  const [, region = '', owner = ''] = URN.exec(topicUrn) ?? [];
  const usual = addressIn(region, 'https://smn.{region}.myhuaweicloud.com');
  const given = addressIn(region, fields.endpoint);
  const endpoint = given === usual ? (ELSEWHERE[region] ?? usual) : given;
  findings.warnings.push(...clearTextWarnings(settings.endpoint.origin, endpoint));
  // Faults of projects are found already, and would be found again here.
  const project = projectOf({ named: fields.project, owner }, projects);
  if (project) {
    findings.warnings.push(...regionWarnings(settings.topicUrn.origin, region, project));
    return { kind: 'smn', name, topicUrn, endpoint, projectId: project.projectId };
  }
  if (projects.length > 0) {
    const known = projects.map(({ projectId }) => projectId).join(', ');
    const expected = `the id or name of the project whose credentials publish, one of ${known}`;
    findings.faults.push({ where: settings.project.origin, got: shown(fields.project), expected });
  }
  return null;
}

function projectOf(
  { named, owner }: { readonly named: string | undefined; readonly owner: string },
  projects: readonly ProjectConfig[],
): ProjectConfig | undefined {
  if (named !== undefined)
    return projects.find(({ projectId, name }) => projectId === named || name === named);
  const [only, ...others] = projects;
  return projects.find(({ projectId }) => projectId === owner) ?? (others.length === 0 ? only : undefined);
}

/** A project is of one region, and so are its tokens. */
function regionWarnings(origin: string, region: string, project: ProjectConfig): string[] {
  if (project.region === region) return [];
  return [
    `${origin}: the topic is in ${region}, and project ${project.projectId}, which publishes, in ${project.region}`,
  ];
}
