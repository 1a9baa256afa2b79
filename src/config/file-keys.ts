/**
 * How the configuration file spells each setting: the same settings, defaults and rules as in the environment, under
 * other names. A path with a dot is a key inside a mapping.
 */
import type { CREDENTIAL_SETTINGS, GLOBAL_SETTINGS, PROJECT_SETTINGS } from './setting-table.ts';

type Paths<Table> = Readonly<Record<keyof Table, string>>;

export const GLOBAL_PATHS: Paths<typeof GLOBAL_SETTINGS> = {
  databaseUrl: 'database_url',
  dataDir: 'data_dir',
  syncCron: 'schedule.sync',
  watchCron: 'schedule.watch',
  timezone: 'schedule.timezone',
  shutdownTimeoutMs: 'shutdown_timeout',
  baselineAlerts: 'baseline_alerts',
  eventRetentionMs: 'retention.events',
  runRetentionMs: 'retention.runs',
  httpHost: 'http.host',
  httpPort: 'http.port',
  logLevel: 'log_level',
};

export const PROJECT_PATHS: Paths<typeof PROJECT_SETTINGS> = {
  region: 'region',
  projectId: 'project_id',
  endpoint: 'endpoint',
  imageTypes: 'image_types',
  sources: 'sources',
  rateLimit: 'limits.rate_limit',
  pageConcurrency: 'limits.page_concurrency',
  requestTimeoutMs: 'limits.request_timeout',
  maxRetries: 'limits.max_retries',
  removalLimit: 'limits.removal_limit',
  stuckAfterMs: 'limits.stuck_after',
};

export const CREDENTIAL_PATHS: Paths<typeof CREDENTIAL_SETTINGS> = {
  token: 'token',
  accessKey: 'access_key',
  secretKey: 'secret_key',
  securityToken: 'security_token',
  userName: 'user_name',
  password: 'password',
  domainName: 'domain_name',
  authUrl: 'auth_url',
};

/** The keys of a sink, by what they are for; `types` and `to_status` are a webhook's. */
export const SINK_PATHS = {
  name: 'name',
  kind: 'kind',
  url: 'url',
  secret: 'secret',
  types: 'types',
  toStatus: 'to_status',
} as const;

/** Put behind a secret's key for the one that names its file. */
export const FILE_KEY = '_file';
