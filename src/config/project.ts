import { z } from 'zod';
import { IMAGE_TYPES, SOURCES } from '../inventory/image.ts';
import {
  type CredentialSettings,
  type Credentials,
  chooseCredentials,
  credentialsIn,
  loginWarnings,
} from './credentials.ts';
import { address, addressIn, clearTextWarnings, region, regionWarnings } from './domain-fields.ts';
import { duration, fieldNames, listOf, positiveNumber, share, textLike, wholeNumber } from './fields.ts';
import type { PROJECT_SETTINGS } from './setting-table.ts';
import { type Findings, judge, refuseRepeated, type Settings } from './settings.ts';

type ProjectKey = keyof typeof PROJECT_SETTINGS;

/**
 * What an image is known by, and what alerts go by: without them there is no inventory. The last two are
 * made by us, under names that a record might use as well.
 */
const KEPT_FIELDS = ['image_id', 'image_type', 'status', 'status_code', 'listed_in'];

export const PROJECT_FIELDS = {
  region: region(),
  /** What people call the project. */
  name: textLike(/\S/, 'a name, such as Live streaming, Singapore')
    .optional()
    .transform((name) => name ?? null),
  /** It goes into the path of every request, so nothing that could change that path is taken. */
  projectId: textLike(
    /^[A-Za-z0-9_-]{1,64}$/,
    '1 to 64 letters, digits, hyphens or underscores, such as 0a1b2c3d4e5f60718293a4b5c6d7e8f9',
  ),
  /** URL without a slash at its end. */
  endpoint: address('https://cph.ap-southeast-3.myhuaweicloud.com'),
  /** What the images endpoint is asked for, each once. */
  imageTypes: listOf(IMAGE_TYPES),
  /** The endpoints to read, each once. */
  sources: listOf(SOURCES),
  /** Requests a second; may be a fraction. The gateway's own limit is 200. */
  rateLimit: positiveNumber({ upTo: 200, example: '20' }),
  /** Pages in flight at once. */
  pageConcurrency: wholeNumber({ from: 1, to: 64, example: '4' }),
  /** Milliseconds. */
  requestTimeoutMs: duration({ upTo: '10m', example: '30s or 1m30s' }),
  /** Retries of one request after its first try. */
  maxRetries: wholeNumber({ from: 0, to: 20, example: '4' }),
  /** Fields of records that are kept out of rows, digests and events. */
  ignoredFields: fieldNames(KEPT_FIELDS)
    .optional()
    .transform((names): ReadonlySet<string> => new Set(names)),
  /** Share of the known images, of the project and of each of its listings, 0..1. */
  removalLimit: share(),
  /** Milliseconds. */
  stuckAfterMs: duration({ upTo: '365d', example: '60m' }),
} satisfies Record<ProjectKey, z.ZodType>;

const schema = z.object(PROJECT_FIELDS);

/** One project to keep in step. */
export interface ProjectConfig extends Readonly<z.output<typeof schema>> {
  readonly credentials: Credentials;
}

/** A project as found, before it is judged. */
export interface ProjectSettings {
  readonly settings: Settings<ProjectKey>;
  /** Null where none were found; the fault for that has been found already. */
  readonly credentials: CredentialSettings | null;
}

/** The projects the settings describe, without those that something is wrong about; a fault says what. */
export function assembleProjects(
  found: readonly ProjectSettings[],
  findings: Findings,
): readonly ProjectConfig[] {
  const ids = found.map(({ settings }) => settings.projectId);
  refuseRepeated(ids, 'an id that no other project has', findings);
  return found.flatMap((project) => assembleProject(project, findings) ?? []);
}

function assembleProject(found: ProjectSettings, findings: Findings): ProjectConfig | null {
  const fields = judge(schema, found.settings, findings);
  const chosen = found.credentials && chooseCredentials(found.credentials, findings);
  if (fields === null || found.credentials === null || chosen === null) return null;
  const endpoint = addressIn(fields.region, fields.endpoint);
  const credentials = credentialsIn(fields.region, chosen);
  findings.warnings.push(
    ...regionWarnings(found.settings.region.origin, fields.region),
    ...clearTextWarnings(found.settings.endpoint.origin, endpoint),
    ...loginWarnings(found.credentials.settings.authUrl.origin, credentials),
  );
  return { ...fields, endpoint, credentials };
}
