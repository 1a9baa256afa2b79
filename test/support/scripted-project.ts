/** A project behind the seam to the network: its listings say what the test says, its looks happen when the test says. */
import { CphError } from '../../src/cph/errors.ts';
import type { Listing, RequestScope } from '../../src/cph/listing.ts';
import type { ImageRecord, ImagesRecord } from '../../src/inventory/image.ts';
import type { RejectedRecord } from '../../src/inventory/listing.ts';
import type { Database } from '../../src/store/database.ts';
import { registerProjects } from '../../src/store/projects.ts';
import type { LookControl, SyncProject } from '../../src/sync/project.ts';
import type { RunReport } from '../../src/sync/run.ts';
import { sweepProject } from '../../src/sync/sweep.ts';
import { watchProject } from '../../src/sync/watch.ts';
import { type Asked, type Circumstances, EVERYTHING, sweepParts } from './image-records.ts';
import { moment } from './moment.ts';

export interface ScriptedApi {
  /** What the API holds; both endpoints list from it. */
  records: ImageRecord[];
  /** What the images endpoint finds when asked for it, and does not list. */
  unlisted: ImagesRecord[];
  /** Ids that the images endpoint refuses to be asked for. */
  refused: readonly string[];
  /** How the listings of a sweep fare. */
  circumstances: Circumstances;
  /** Ids that were asked for by themselves. */
  readonly asked: string[];
  /**
   * Awaited between making an answer and giving it: `private`, `all`, … for a listing, `creating` for a watch's, `by id`
   * for a question.
   */
  hold: (answer: Asked | 'creating' | 'by id') => Promise<void> | void;
}

export interface ScriptedProject {
  readonly api: ScriptedApi;
  readonly project: SyncProject;
  readonly sweep: (control?: Partial<LookControl>) => Promise<RunReport>;
  /** A sweep under another configuration: of these listings only, and whatever else is set. */
  readonly sweepAs: (asked: readonly Asked[], set?: Partial<SyncProject>) => Promise<RunReport>;
  readonly watch: (control?: Partial<LookControl>) => Promise<RunReport | null>;
}

/** Registers a project whose API is empty to begin with. */
export async function scriptedProject(db: Database, project_id = 'p1'): Promise<ScriptedProject> {
  await registerProjects(db, [{ project_id, region: 'ap-southeast-3', name: null }]);
  const api: ScriptedApi = {
    records: [],
    unlisted: [],
    refused: [],
    circumstances: {},
    asked: [],
    hold: () => undefined,
  };
  const project: SyncProject = {
    project_id,
    listings: EVERYTHING.map((asked) => listingOf(api, asked)),
    imageTypes: ['public', 'private', 'share'],
    creatingListing: (type) => creatingListing(api, type),
    findImage: (image_id) => findImage(api, image_id),
    ignoredFields: new Set(),
    removalLimit: 0.2,
  };
  const control = { now: () => new Date(), signal: new AbortController().signal };
  return {
    api,
    project,
    sweep: (given) => sweepProject(db, project, { ...control, ...given }),
    sweepAs: (asked, set) => {
      const listings = project.listings.filter(({ image_type }) => asked.includes(image_type));
      const imageTypes = project.imageTypes.filter((type) => asked.includes(type));
      return sweepProject(db, { ...project, listings, imageTypes, ...set }, control);
    },
    watch: (given) => watchProject(db, project, { ...control, ...given }),
  };
}

function listingOf(api: ScriptedApi, asked: Asked): Listing {
  return {
    source: asked === 'all' ? 'phone-images' : 'images',
    image_type: asked,
    list: async (look) => {
      const part = sweepParts(api.records, api.circumstances).find(({ image_type }) => image_type === asked);
      await answered(api, asked, look);
      if (part?.result) return part.result;
      if (part?.proof === 'unsupported') throw refusal('refused', 'CPS.0009');
      throw part?.proof === 'denied' ? refusal('denied', 'CPS.0001') : refusal('unavailable', 'CPS.0003');
    },
  };
}

function creatingListing(api: ScriptedApi, image_type: Exclude<Asked, 'all'>): Listing {
  const isCreating = (record: ImageRecord) =>
    record.source === 'images' && record.listed_under === image_type && record.status === 'creating';
  return {
    source: 'images',
    image_type,
    list: async (look) => {
      const records = api.records.filter(isCreating);
      await answered(api, 'creating', look);
      return { records, rejected: [], proof: 'complete', drift: [] };
    },
  };
}

async function findImage(api: ScriptedApi, image_id: string): Promise<ImagesRecord | RejectedRecord | null> {
  api.asked.push(image_id);
  const found = [...api.records, ...api.unlisted].find(
    (one) => one.source === 'images' && one.image_id === image_id,
  );
  await api.hold('by id');
  if (api.refused.includes(image_id)) throw refusal('refused', 'CPS.0099');
  return found?.source === 'images' ? found : null;
}

async function answered(api: ScriptedApi, asked: Asked | 'creating', scope: RequestScope): Promise<void> {
  scope.trace.requests += 1;
  scope.trace.requestIds.add(`request-${scope.trace.requests}`);
  await api.hold(asked);
  scope.signal.throwIfAborted();
}

/** Lets a sweep see what there is and keeps it from going on until it is let go: `seen` comes when it has seen it. */
export function holdSweep(api: ScriptedApi): { readonly seen: Promise<void>; readonly letGo: () => void } {
  const seen = moment();
  const gone = moment();
  api.hold = (answer) => {
    if (answer !== 'all') return;
    seen.now();
    return gone.come;
  };
  return { seen: seen.come, letGo: gone.now };
}

function refusal(kind: 'denied' | 'unavailable' | 'refused', code: string): CphError {
  return new CphError(`cloud-phone/images: HTTP 400 ${code}`, { kind, code, status: 400 });
}

/** A clock for one look: `began` when it is first asked, `ended` from then on. */
export function lookTimes(began: Date, ended: Date): () => Date {
  let asked = false;
  return () => {
    const time = asked ? ended : began;
    asked = true;
    return time;
  };
}
