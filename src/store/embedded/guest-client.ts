import pg from 'pg';

/**
 * A connection that is made as its configuration says and in no other way. The driver fills every gap from
 * the environment (PGOPTIONS, PGSSLMODE, PGPASSWORD, ...) and takes missing passwords from a file in the home
 * directory (~/.pgpass); meant for somebody's psql, they would send us elsewhere or break our own server.
 */
export class GuestClient extends pg.Client {
  constructor(config?: pg.ClientConfig) {
    // Without a word about it the driver asks PGSSLMODE; a URL that names sslmode comes before this.
    const complete = { ssl: false, ...config };
    // biome-ignore lint/style/noProcessEnv: nothing is read here; the driver is kept from reading it
    const env = process.env;
    const hidden = takeVariables(env);
    try {
      super(complete);
    } finally {
      Object.assign(env, hidden);
    }
    this.password ??= '';
  }
}

/**
 * Nothing else runs meanwhile: the driver reads the environment while it constructs, and at no other time.
 */
function takeVariables(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const names = Object.keys(env).filter((name) => name.startsWith('PG'));
  const taken = Object.fromEntries(names.map((name) => [name, env[name]]));
  for (const name of names) delete env[name];
  return taken;
}
