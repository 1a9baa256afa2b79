import type { Environment } from './environment.ts';
import { suggestion } from './nearest-word.ts';
import {
  CREDENTIAL_SETTINGS,
  describeSettings,
  FILE_SUFFIX,
  PROJECT_SETTINGS,
  SINK_SETTINGS,
} from './setting-table.ts';

/** Read before there is a configuration: it says where the rest of it is. */
export const CONFIG_FILE = 'CPH_CONFIG';

/** Warnings about variables that look like settings and have no effect. Names only, never values. */
export function environmentWarnings(env: Environment): string[] {
  const known = describeSettings().flatMap(({ name, secret }) =>
    secret ? [name, `${name}${FILE_SUFFIX}`] : [name],
  );
  return [...unknownNames(env, [...known, CONFIG_FILE]), ...emptyNames(env, known)];
}

/** A warning about variables of a project or a sink, which a configuration file takes the place of. Names only. */
export function unusedBesideFile(env: Environment): string[] {
  const replaced = [PROJECT_SETTINGS, CREDENTIAL_SETTINGS, SINK_SETTINGS].flatMap((table) =>
    Object.values<{ name: string }>(table).flatMap(({ name }) => [name, `${name}${FILE_SUFFIX}`]),
  );
  const unused = replaced.filter((name) => env[name]);
  return unused.length === 0
    ? []
    : [`not used, because projects and sinks come from the file: ${unused.join(', ')}`];
}

function unknownNames(env: Environment, known: readonly string[]): string[] {
  return Object.entries(env)
    .filter(
      ([name, value]) => name.startsWith('CPH_') && !known.includes(name) && !isServiceLink(name, value),
    )
    .map(([name]) => `${name} is not a setting and has no effect${suggestion(name, known)}`)
    .sort();
}

// An empty DATABASE_URL most often is a variable that was never filled in, and would quietly mean an embedded
// Postgres. One line for all of them: a compose file that passes on every setting would otherwise fill the screen.
function emptyNames(env: Environment, known: readonly string[]): string[] {
  const empty = known.filter((name) => env[name] === '');
  return empty.length === 0 ? [] : [`empty, and so taken as not set: ${empty.join(', ')}`];
}

// Kubernetes gives every container such variables for each service of its namespace, and ours is called cph-something.
function isServiceLink(name: string, value: string | undefined): boolean {
  const linkName = /_SERVICE_(?:HOST|PORT)(?:_|$)|_PORT_\d+_(?:TCP|UDP|SCTP)(?:_|$)/;
  return linkName.test(name) || /^(?:tcp|udp|sctp):\/\//.test(value ?? '');
}
