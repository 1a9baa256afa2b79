import pg from 'pg';
import type { Address } from '../../database-url/address.ts';
import { readDatabaseUrl } from '../../database-url/read.ts';
import { connectLimitOf, ServerConnection } from './server-connection.ts';

export interface ClientOptions extends Pick<pg.ClientConfig, 'query_timeout'> {
  readonly url: string;
  /** Shown by `pg_stat_activity`, unless the URL has a name of its own. */
  readonly application_name: string;
}

/**
 * A client of the server that a URL leads to. Takes nothing from the variables that libpq and pg would read
 * (PGHOST, PGPASSWORD, PGSSLMODE, PGOPTIONS and others) nor from a file of passwords. Statements may be sent
 * without waiting for the answers of those before them.
 */
export class PostgresClient extends pg.Client {
  constructor({ url, application_name, query_timeout }: ClientOptions) {
    const address = readDatabaseUrl(url);
    const connection = new ServerConnection(address, application_name);
    const connectionTimeoutMillis = limitOf(address);
    const config = {
      ...configOf(address),
      application_name,
      query_timeout,
      connectionTimeoutMillis,
      connection,
    };
    super(config);
  }
}

/**
 * How long a connection may take, in milliseconds; more than all attempts, each of which has a limit of its
 * own.
 */
export function connectLimit(url: string): number {
  return limitOf(readDatabaseUrl(url));
}

const limitOf = (address: Address) => connectLimitOf(address) + 1_000;

/** All that pg would look for elsewhere. */
function configOf(address: Address) {
  const [endpoint] = address.endpoints;
  return {
    user: address.user,
    database: address.database,
    host: endpoint?.host,
    port: endpoint?.port,
    password: address.password ?? noPassword,
    // The connection brings its own.
    ssl: false,
    sslnegotiation: 'postgres' as const,
    enableChannelBinding: address.bound,
    pipeline: true,
  };
}

function noPassword(): never {
  throw new Error(
    'the server asks for a password, and DATABASE_URL has none (postgres://user:password@host/database)',
  );
}
