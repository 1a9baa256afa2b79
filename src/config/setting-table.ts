/**
 * Every setting there is, once (those of sinks are in `sink-table.ts`). A new one takes a row here and a line
 * in the fields of its group, which the compiler asks for. `npm run config:docs` writes it into the docs.
 */
export interface Row {
  /** The environment variable. Without one, only a file has this setting. */
  readonly variable?: string;
  /** Its place in a configuration file, seen from where its group begins. */
  readonly key: string;
  /** Text, read by the same rules as what a person sets. */
  readonly default?: string;
  /** It is hidden in whatever is printed, and can come from a file, see {@link FILE_SUFFIX}. */
  readonly secret?: true;
  /** It is a path. In a configuration file it starts at the folder of that file. */
  readonly path?: true;
  readonly description: string;
}

/** A secret's variable or key with this behind it holds the path of a file with the secret. */
export const FILE_SUFFIX = '_FILE';
export const FILE_KEY_SUFFIX = '_file';

/** One group of settings, by the keys its schema uses. */
export type SettingTable<Key extends string> = Readonly<Record<Key, Row>>;

/** What is set for each project. */
export const PROJECT_SETTINGS = {
  region: {
    variable: 'HW_REGION_NAME',
    key: 'region',
    description: 'region of the project; the default endpoints are built from it',
  },
  name: { variable: 'CPH_PROJECT_NAME', key: 'name', description: 'what people call the project' },
  projectId: { variable: 'HW_PROJECT_ID', key: 'project_id', description: 'id of the project' },
  endpoint: {
    variable: 'CPH_ENDPOINT',
    key: 'endpoint',
    default: 'https://cph.{region}.myhuaweicloud.com',
    description: 'URL of the Cloud Phone Host API; {region} stands for the region',
  },
  imageTypes: {
    variable: 'CPH_IMAGE_TYPES',
    key: 'image_types',
    default: 'public,private,share',
    description: 'image types that the images endpoint is asked for',
  },
  sources: {
    variable: 'CPH_SOURCES',
    key: 'sources',
    default: 'images,phone-images',
    description: 'the endpoints that are read',
  },
  rateLimit: {
    variable: 'CPH_RATE_LIMIT',
    key: 'limits.rate_limit',
    default: '20',
    description: 'requests a second, per project',
  },
  pageConcurrency: {
    variable: 'CPH_PAGE_CONCURRENCY',
    key: 'limits.page_concurrency',
    default: '4',
    description: 'pages in flight at once in one listing of the images endpoint',
  },
  requestTimeoutMs: {
    variable: 'CPH_REQUEST_TIMEOUT',
    key: 'limits.request_timeout',
    default: '30s',
    description: 'longest time for one attempt of a request, from connecting to the last byte',
  },
  maxRetries: {
    variable: 'CPH_MAX_RETRIES',
    key: 'limits.max_retries',
    default: '4',
    description: 'how often one request is tried again',
  },
  ignoredFields: {
    variable: 'CPH_IGNORE_FIELDS',
    key: 'ignore_fields',
    description:
      'fields of records that are kept out of rows, digests and events, such as one with another value in every answer',
  },
  removalLimit: {
    variable: 'CPH_REMOVAL_LIMIT',
    key: 'limits.removal_limit',
    default: '20%',
    description:
      'a sweep that misses more than 10 images, and more than this share of the known ones of the project or of one listing, is held; so is one in which a listing of more than 3 images is empty, or one of fewer where no answer of its endpoint has a list',
  },
  stuckAfterMs: {
    variable: 'CPH_STUCK_AFTER',
    key: 'limits.stuck_after',
    default: '60m',
    description: 'an image that has been creating for longer raises an alert',
  },
} as const satisfies SettingTable<string>;

/** How requests are authenticated. One of three ways is enough, see `credentials.ts`. */
export const CREDENTIAL_SETTINGS = {
  token: {
    variable: 'HW_AUTH_TOKEN',
    key: 'token',
    secret: true,
    description: 'a ready token of the project',
  },
  accessKey: {
    variable: 'HW_ACCESS_KEY',
    key: 'access_key',
    secret: true,
    description: 'access key that requests are signed with',
  },
  secretKey: {
    variable: 'HW_SECRET_KEY',
    key: 'secret_key',
    secret: true,
    description: 'secret key of the access key',
  },
  securityToken: {
    variable: 'HW_SECURITY_TOKEN',
    key: 'security_token',
    secret: true,
    description: 'security token of a temporary access key',
  },
  userName: { variable: 'HW_USER_NAME', key: 'user_name', description: 'IAM user to log in as' },
  password: {
    variable: 'HW_USER_PASSWORD',
    key: 'password',
    secret: true,
    description: 'password of the IAM user',
  },
  domainName: {
    variable: 'HW_DOMAIN_NAME',
    key: 'domain_name',
    description: 'account the IAM user belongs to',
  },
  authUrl: {
    variable: 'HW_AUTH_URL',
    key: 'auth_url',
    default: 'https://iam.{region}.myhuaweicloud.com/v3',
    description: 'URL of IAM for the login; /v3 is added to a URL without a path',
  },
} as const satisfies SettingTable<string>;

/** What is set once, however many projects there are. */
export const GLOBAL_SETTINGS = {
  databaseUrl: {
    variable: 'DATABASE_URL',
    key: 'database_url',
    secret: true,
    description:
      'Postgres 15 or later to keep in step; without it, an embedded one is kept in the data folder',
  },
  dataDir: {
    variable: 'CPH_DATA_DIR',
    key: 'data_dir',
    path: true,
    default: '.cph-inventory',
    description: 'folder of the embedded Postgres',
  },
  syncCron: {
    variable: 'CPH_SYNC_CRON',
    key: 'schedule.sync',
    default: '*/5 * * * *',
    description: 'when to sweep a whole project',
  },
  watchCron: {
    variable: 'CPH_WATCH_CRON',
    key: 'schedule.watch',
    default: '*/15 * * * * *',
    description: 'when to look at the images being created',
  },
  timezone: {
    variable: 'CPH_TIMEZONE',
    key: 'schedule.timezone',
    default: 'UTC',
    description: 'time zone of both schedules',
  },
  shutdownTimeoutMs: {
    variable: 'CPH_SHUTDOWN_TIMEOUT',
    key: 'shutdown_timeout',
    default: '10s',
    description: 'longest time a stop may take',
  },
  eventRetentionMs: {
    variable: 'CPH_EVENT_RETENTION',
    key: 'retention.events',
    default: '365d',
    description:
      'how long events are kept; the last one of each image, and what a sink has not accepted, stay',
  },
  runRetentionMs: {
    variable: 'CPH_RUN_RETENTION',
    key: 'retention.runs',
    default: '30d',
    description: 'how long runs are kept; the last ones of each project stay',
  },
  baselineAlerts: {
    variable: 'CPH_BASELINE_ALERTS',
    key: 'baseline_alerts',
    default: 'false',
    description: 'whether images that had failed before a project was first read raise alerts',
  },
  httpHost: {
    variable: 'CPH_HTTP_HOST',
    key: 'http.host',
    default: '127.0.0.1',
    description: 'address that probes, metrics and the page are served on',
  },
  httpPort: {
    variable: 'CPH_HTTP_PORT',
    key: 'http.port',
    default: '8080',
    description:
      'port that probes, metrics and the page are served on; 0 picks a free port, off serves nothing',
  },
  publicUrl: {
    variable: 'CPH_PUBLIC_URL',
    key: 'http.public_url',
    description:
      'where people reach the page: alerts lead there, its path comes before every address, and its host is answered',
  },
  logLevel: {
    variable: 'LOG_LEVEL',
    key: 'log_level',
    default: 'info',
    description: 'least level that is logged; silent logs nothing',
  },
} as const satisfies SettingTable<string>;
