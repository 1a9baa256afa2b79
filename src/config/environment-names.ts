import { describeSettings, type SettingDescription } from './describe-settings.ts';
import type { Environment } from './environment.ts';
import { suggestion } from './nearest-word.ts';
import { FILE_SUFFIX, GLOBAL_SETTINGS } from './setting-table.ts';

/** The variable that is read before there is a configuration: it says where the rest is. */
export const CONFIG_FILE = 'CPH_CONFIG';

/** A configuration file beside the environment. */
interface FileBeside {
  readonly path: string;
  /** The variables that the file refers to. They have an effect, whatever their names. */
  readonly refersTo: ReadonlySet<string>;
}

/** Warnings about variables that look like settings and have no effect. Names only, never values. */
export function environmentWarnings(env: Environment, file: FileBeside | null): string[] {
  const all = namesOf(describeSettings());
  const read = file ? namesOf(describeSettings([GLOBAL_SETTINGS])) : all;
  const known = [...all, CONFIG_FILE, ...(file?.refersTo ?? [])];
  return [
    ...unknownNames(env, known),
    ...emptyNames(env, read),
    ...quotedNames(env, read),
    ...(file ? unusedNames(env, { file, unread: all.filter((name) => !read.includes(name)) }) : []),
  ];
}

function namesOf(settings: readonly SettingDescription[]): string[] {
  return settings.flatMap(({ name, secret }) => (secret ? [name, `${name}${FILE_SUFFIX}`] : [name]));
}

function unknownNames(env: Environment, known: readonly string[]): string[] {
  return Object.entries(env)
    .filter(
      ([name, value]) => name.startsWith('CPH_') && !known.includes(name) && !isServiceLink(name, value),
    )
    .map(([name]) => `${name} is not a setting and has no effect${meant(name, env, known)}`)
    .concat(slips(env, known))
    .sort();
}

/** What a name was meant to be: one that is near, or one that is not set and begins with all of it. */
function meant(name: string, env: Environment, known: readonly string[]): string {
  const near = suggestion(name, known);
  const longer = known.find((one) => one.startsWith(`${name}_`) && !one.endsWith(FILE_SUFFIX));
  return near || (longer !== undefined && !env[longer] ? `; did you mean ${longer}?` : '');
}

// Other programs have HW_ variables of their own: only what is near to one of ours is taken for a slip.
function slips(env: Environment, known: readonly string[]): string[] {
  return Object.keys(env).flatMap((name) => {
    const near = /^(?:HW|DATABASE)_/.test(name) && !known.includes(name) ? meant(name, env, known) : '';
    return near === '' ? [] : [`${name} is not a setting and has no effect${near}`];
  });
}

// An empty DATABASE_URL is mostly a variable that was never filled in, and would quietly mean an embedded
// Postgres. All share one line: a compose file that passes on every setting would otherwise fill the screen.
function emptyNames(env: Environment, known: readonly string[]): string[] {
  const empty = known.filter((name) => env[name] === '');
  return empty.length === 0 ? [] : [`empty, and so taken as not set: ${empty.join(', ')}`];
}

// A shell takes quotes away; an env file of Docker or systemd, and a field of a web page, do not.
function quotedNames(env: Environment, known: readonly string[]): string[] {
  const quoted = known.filter(
    (name) => /^(["']).*\1$/s.test(env[name]?.trim() ?? '') && (env[name]?.length ?? 0) > 1,
  );
  if (quoted.length === 0) return [];
  return [`has quotes around it, which are taken as part of it: ${quoted.join(', ')}`];
}

// A person who moves from the environment to a file would otherwise wonder why the old limits are gone.
function unusedNames(
  env: Environment,
  { file, unread }: { file: FileBeside; unread: readonly string[] },
): string[] {
  const unused = unread.filter((name) => env[name] && !file.refersTo.has(name));
  if (unused.length === 0) return [];
  return [`not read, because projects and sinks come from ${file.path}: ${unused.join(', ')}`];
}

// Kubernetes gives every container such variables for each service of its namespace, and a service of ours
// is called cph-something.
function isServiceLink(name: string, value: string | undefined): boolean {
  const linkName = /_SERVICE_(?:HOST|PORT)(?:_|$)|_PORT_\d+_(?:TCP|UDP|SCTP)(?:_|$)/;
  return linkName.test(name) || /^(?:tcp|udp|sctp):\/\//.test(value ?? '');
}
