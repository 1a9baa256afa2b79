/**
 * Every setting there is, once. Adding one takes a row here and a line in the schema of its group; the compiler asks
 * for the second.
 */
interface Row {
  /** The environment variable. */
  readonly name: string;
  /** Text, read by the same rules as what a person sets. */
  readonly default?: string;
  /** Hidden in whatever is printed, and can come from a file, see {@link FILE_SUFFIX}. */
  readonly secret?: true;
  readonly description: string;
}

/** Put behind a secret's name for the variable that points to its file. */
export const FILE_SUFFIX = '_FILE';

/** One group of settings, by the keys its schema uses. */
export type SettingTable<Key extends string> = Readonly<Record<Key, Row>>;

/** What is set for each project. */
export const PROJECT_SETTINGS = {
  region: {
    name: 'HW_REGION_NAME',
    description: 'region of the project; the default endpoints are built from it',
  },
  projectId: { name: 'HW_PROJECT_ID', description: 'id of the project' },
  endpoint: {
    name: 'CPH_ENDPOINT',
    default: 'https://cph.{region}.myhuaweicloud.com',
    description: 'URL of the Cloud Phone Host API',
  },
  imageTypes: {
    name: 'CPH_IMAGE_TYPES',
    default: 'public,private,share',
    description: 'image types to ask the images endpoint for',
  },
  sources: { name: 'CPH_SOURCES', default: 'images,phone-images', description: 'endpoints to read' },
  rateLimit: { name: 'CPH_RATE_LIMIT', default: '20', description: 'requests a second, per project' },
  pageConcurrency: {
    name: 'CPH_PAGE_CONCURRENCY',
    default: '4',
    description: 'pages of one listing in flight at once',
  },
  requestTimeoutMs: {
    name: 'CPH_REQUEST_TIMEOUT',
    default: '30s',
    description: 'longest time one attempt at a request may take',
  },
  maxRetries: { name: 'CPH_MAX_RETRIES', default: '4', description: 'retries of one request' },
  removalLimit: {
    name: 'CPH_REMOVAL_LIMIT',
    default: '20%',
    description: 'a sweep that would remove a larger share of the known images, and more than 10, is held',
  },
  stuckAfterMs: {
    name: 'CPH_STUCK_AFTER',
    default: '60m',
    description: 'an image that has been creating for longer is an alert',
  },
} as const satisfies SettingTable<string>;

/** How a project's API is convinced; one of three ways is enough, see `credentials.ts`. */
export const CREDENTIAL_SETTINGS = {
  token: { name: 'HW_AUTH_TOKEN', secret: true, description: 'a ready token of the project' },
  accessKey: { name: 'HW_ACCESS_KEY', secret: true, description: 'access key, to sign requests with' },
  secretKey: { name: 'HW_SECRET_KEY', secret: true, description: 'secret key of the access key' },
  securityToken: {
    name: 'HW_SECURITY_TOKEN',
    secret: true,
    description: 'security token of a temporary access key',
  },
  userName: { name: 'HW_USER_NAME', description: 'IAM user to log in as' },
  password: { name: 'HW_USER_PASSWORD', secret: true, description: 'password of the IAM user' },
  domainName: { name: 'HW_DOMAIN_NAME', description: 'account the IAM user belongs to' },
  authUrl: {
    name: 'HW_AUTH_URL',
    default: 'https://iam.{region}.myhuaweicloud.com/v3',
    description: 'URL of IAM, for the login',
  },
} as const satisfies SettingTable<string>;

/** What is set once, however many projects there are. */
export const GLOBAL_SETTINGS = {
  databaseUrl: {
    name: 'DATABASE_URL',
    secret: true,
    description: 'Postgres to keep in step; without it an embedded one is kept under CPH_DATA_DIR',
  },
  dataDir: {
    name: 'CPH_DATA_DIR',
    default: '.cph-inventory',
    description: 'folder of the embedded Postgres',
  },
  syncCron: {
    name: 'CPH_SYNC_CRON',
    default: '*/5 * * * *',
    description: 'when to sweep a whole project; five or six cron fields',
  },
  watchCron: {
    name: 'CPH_WATCH_CRON',
    default: '*/15 * * * * *',
    description: 'when to look at images being created; cron fields or off',
  },
  timezone: { name: 'CPH_TIMEZONE', default: 'UTC', description: 'time zone of both schedules' },
  shutdownTimeoutMs: {
    name: 'CPH_SHUTDOWN_TIMEOUT',
    default: '10s',
    description: 'longest time a stop may take',
  },
  baselineAlerts: {
    name: 'CPH_BASELINE_ALERTS',
    default: 'false',
    description: 'whether images that had failed before a project was first read raise alerts',
  },
  eventRetentionMs: {
    name: 'CPH_EVENT_RETENTION',
    default: '365d',
    description: 'how long events are kept; the last one of each image stays',
  },
  runRetentionMs: {
    name: 'CPH_RUN_RETENTION',
    default: '30d',
    description: 'how long runs are kept; the last ones of each project stay',
  },
  httpHost: {
    name: 'CPH_HTTP_HOST',
    default: '127.0.0.1',
    description: 'address that probes and metrics are served on',
  },
  httpPort: {
    name: 'CPH_HTTP_PORT',
    default: '8080',
    description: 'port that probes and metrics are served on; 0 picks a free one, off serves none',
  },
  logLevel: { name: 'LOG_LEVEL', default: 'info', description: 'least level that is logged' },
} as const satisfies SettingTable<string>;

/** Where events and alerts go. */
export const SINK_SETTINGS = {
  webhookUrl: {
    name: 'CPH_WEBHOOK_URL',
    secret: true,
    description: 'URL that every event is posted to, by a sink named webhook',
  },
  webhookSecret: {
    name: 'CPH_WEBHOOK_SECRET',
    secret: true,
    description: 'secret that webhook requests are signed with',
  },
  alertmanagerUrl: {
    name: 'CPH_ALERTMANAGER_URL',
    secret: true,
    description: 'URL of an Alertmanager, for a sink named alertmanager',
  },
} as const satisfies SettingTable<string>;

/** A setting as `--help` and the documentation list it. */
export interface SettingDescription {
  readonly name: string;
  readonly default: string | null;
  /** Whether `<name>_FILE` is read too. */
  readonly secret: boolean;
  readonly description: string;
}

/** All settings in the order they are listed to people. */
export function describeSettings(): SettingDescription[] {
  const rows: Row[] = [PROJECT_SETTINGS, CREDENTIAL_SETTINGS, GLOBAL_SETTINGS, SINK_SETTINGS].flatMap(
    (table) => Object.values<Row>(table),
  );
  return rows.map((row) => ({
    name: row.name,
    default: row.default ?? null,
    secret: row.secret ?? false,
    description: row.description,
  }));
}
