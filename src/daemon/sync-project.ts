/**
 * From the configuration of a project to something that can be swept: a client, its listings, its questions.
 */
import type { Credentials } from '../config/credentials.ts';
import type { ProjectConfig } from '../config/project.ts';
import { type Credential, createAuthorizer } from '../cph/auth/credentials.ts';
import { type AttemptReport, createCphClient } from '../cph/client.ts';
import { findImage, imagesListing, listCreating } from '../cph/list-images.ts';
import { phoneImagesListing } from '../cph/list-phone-images.ts';
import { withListingDeadline } from '../cph/listing-deadline.ts';
import { type Probe, probesOf } from '../cph/probe.ts';
import { openTransport, type Transport } from '../cph/transport.ts';
import { createUpstreamMemory, type UpstreamMemory } from '../cph/upstream-memory.ts';
import type { Proxies } from '../network/proxies.ts';
import type { Database } from '../store/database.ts';
import type { MovedProject } from '../store/projects.ts';
import type { SyncProject } from '../sync/project.ts';
import { announceProjects } from './announce.ts';

/** At 20 requests a second, a listing of a million images takes about ten minutes. */
const LISTING_DEADLINE_MS = 20 * 60_000;

export interface ConnectedProject {
  readonly project: SyncProject;
  /** Gets hold of what its requests are authorized with, by a login where that takes one. */
  readonly present: (signal: AbortSignal) => Promise<unknown>;
  /** A question for each of its listings, to see whether it may be read. */
  readonly probes: readonly Probe[];
}

interface OpenProjects {
  readonly projects: readonly SyncProject[];
  /** Those of them of which something is known from another region. */
  readonly moved: readonly MovedProject[];
  /** Ends their connections to the API. */
  readonly close: () => Promise<void>;
}

/** What the requests of all projects share. */
interface ConnectOptions {
  readonly now: () => Date;
  readonly proxies?: Proxies | undefined;
  /** What earlier connections have learned; nothing where it is left out. */
  readonly memory?: UpstreamMemory | undefined;
  /** Told of every attempt at a request, for metrics. */
  readonly observe?: (project_id: string, attempt: AttemptReport) => void;
}

/** Connects the projects of a configuration. No request is sent yet, and nothing is written. */
export function connectProjects(
  configs: readonly ProjectConfig[],
  options: ConnectOptions,
): Omit<OpenProjects, 'moved'> {
  const transport = openTransport(options);
  const { memory = createUpstreamMemory(options.now) } = options;
  return {
    projects: configs.map((config) => connectProject(config, { ...options, transport, memory }).project),
    close: () => transport.close(),
  };
}

/**
 * {@link connectProjects}, for whoever is going to sweep the projects: makes them known to the database
 * first.
 */
export async function openProjects(
  db: Database,
  configs: readonly ProjectConfig[],
  options: ConnectOptions,
): Promise<OpenProjects> {
  const moved = await announceProjects(db, configs);
  return { ...connectProjects(configs, options), moved };
}

/** What one project shares with the others. */
interface Shared extends ConnectOptions {
  readonly transport: Transport;
  readonly memory: UpstreamMemory;
}

/** Connects one project. No request is sent yet. */
export function connectProject(
  config: ProjectConfig,
  { transport, memory, now, observe }: Shared,
): ConnectedProject {
  const { projectId, requestTimeoutMs, pageConcurrency, sources } = config;
  const authorizer = createAuthorizer(credentialOf(config.credentials, projectId), {
    projectId,
    transport,
    memory,
    requestTimeoutMs,
    now,
  });
  const client = createCphClient({
    ...config,
    transport,
    authorizer,
    memory,
    now,
    random: Math.random,
    ...(observe && { observe: (attempt) => observe(projectId, attempt) }),
  });
  const imageTypes = sources.includes('images') ? config.imageTypes : [];
  const images = imageTypes.map((type) => imagesListing(client, type, { pageConcurrency }));
  const phoneImages = sources.includes('phone-images') ? [phoneImagesListing(client)] : [];
  const listings = [...images, ...phoneImages].map((one) => withListingDeadline(one, LISTING_DEADLINE_MS));
  return {
    project: {
      project_id: projectId,
      listings,
      imageTypes,
      ignoredFields: config.ignoredFields,
      removalLimit: config.removalLimit,
      creatingListing: (type) => ({
        source: 'images',
        image_type: type,
        list: (look) => listCreating(client, type, look),
      }),
      findImage: (image_id, image_type, look) => findImage(client, { image_id, image_type }, look),
    },
    present: (signal) => authorizer.present(signal),
    probes: probesOf(client, { sources, imageTypes }),
  };
}

/** A credential as requests of a project are authorized with it. */
export function credentialOf(credentials: Credentials, projectId: string): Credential {
  if (credentials.kind === 'token') return credentials;
  if (credentials.kind === 'password') return { ...credentials, projectId };
  const { securityToken, ...key } = credentials;
  return { ...key, ...(securityToken && { securityToken }) };
}
