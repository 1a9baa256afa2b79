/** The statement that gives the same images in psql. */

const literal = (text: string) => `'${text.replaceAll("'", "''")}'`;
const pattern = (text: string) => text.replace(/[\\%_]/g, '\\$&');

type Condition = (value: string) => string;
const isTrue = (value: string) => value === 'true' || value === '1';

const CONDITIONS: Readonly<Record<string, Condition>> = {
  project: (value) =>
    `project_id in (select project_id from cph.projects where ${literal(value)} in (project_id, name))`,
  type: (value) => `coalesce(image_type, case when is_public = 1 then 'public' end) = ${literal(value)}`,
  status: (value) => `status = ${literal(value)}`,
  q: (value) => {
    const part = literal(`%${pattern(value)}%`);
    return `(image_name ilike ${part} or image_id ilike ${part})`;
  },
  name: (value) => `image_name ilike ${literal(pattern(value).replaceAll('*', '%').replaceAll('?', '_'))}`,
  version: (value) => `image_version = ${literal(value)}`,
  label: (value) => `image_label = ${literal(value)}`,
  source: (value) => `${literal(value)} = any(listed_in)`,
  missing: (value) => `missing_since is ${isTrue(value) ? 'not null' : 'null'}`,
  older_than: (value) => `coalesce(create_time, first_seen_at) < now() - ${interval(value)}`,
};

/** `1h30m` as Postgres takes it, for which `m` are months. */
function interval(text: string): string {
  const words = { d: 'days', h: 'hours', m: 'minutes', s: 'seconds' } as const;
  const parts = Array.from(text.matchAll(/(\d+)([dhms])/g), ([, n, unit]) => `${n} ${words[unit as 'd']}`);
  return `interval ${literal(parts.join(' '))}`;
}

/** `asked` as the address has it, after it was taken as good. */
export function sameInSql(asked: Readonly<Record<string, string>>): string {
  const { at, removed, sort = at ? 'project_id' : 'image_name' } = asked;
  const gone = removed !== undefined && isTrue(removed);
  const from = at ? `cph.images_as_of(${moment(at)})` : gone ? 'cph.images' : 'cph.image_inventory';
  const conditions = Object.entries(asked).flatMap(([name, value]) => CONDITIONS[name]?.(value) ?? []);
  if (gone && !at) conditions.push('removed_at is not null');
  const order = sort.startsWith('-') ? `${sort.slice(1)} desc nulls last` : sort;
  const where = conditions.length > 0 ? `\nwhere ${conditions.join('\n  and ')}` : '';
  return `select *\nfrom ${from}${where}\norder by ${order};`;
}

function moment(at: string): string {
  if (at === 'now') return 'now()';
  return /^(\d+[dhms])+$/.test(at) ? `now() - ${interval(at)}` : `${literal(at)}::timestamptz`;
}
