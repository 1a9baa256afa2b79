import type { Edition } from './edition.ts';
import { rawNumber } from './json-body.ts';

type Row = Readonly<Record<string, unknown>>;

const OPTIONAL_FIELDS = {
  images: [
    'domain_id',
    'image_name',
    'update_time',
    'create_time',
    'image_size',
    'project_id',
    'image_version',
    'image_type',
    'status',
    'src_project_id',
  ],
  'phone-images': ['image_name', 'os_type', 'is_public', 'os_name', 'image_label', 'is_support_encrypt'],
} as const;

const BLANKS = ['absent', 'null', 'empty-text'] as const;
const NUMBERS = ['number', 'text', 'float'] as const;
const TIMES = [
  'documented',
  'epoch-ms',
  'epoch-s',
  'rfc-1123',
  'offset',
  'zoneless',
  'spaced',
  'empty',
] as const;

/** Writes what a row has no value for, and what is left out this time, as the edition writes blanks. */
export function spellBlanks({ blanks, leftOut }: Edition, turn: number): (row: Row) => Row {
  const form = blanks === 'by-turns' ? inTurn(BLANKS, turn) : blanks;
  const missing = turn % 2 === 1 ? leftOut : [];
  return (row) => {
    // Only phone-images tells public from private by a number.
    const optional = form === 'as-is' ? [] : OPTIONAL_FIELDS['is_public' in row ? 'phone-images' : 'images'];
    const blank = [...missing, ...optional.filter((name) => isBlank(row[name]))];
    const spelt: Record<string, unknown> = { ...row };
    for (const name of blank) {
      if (form === 'null') spelt[name] = null;
      else if (form === 'empty-text') spelt[name] = '';
      else delete spelt[name];
    }
    return spelt;
  };
}

function isBlank(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}

/** Writes the times of creation and update in another form. */
export function spellTimes(times: Edition['times'], turn: number): (row: Row) => Row {
  const form = times === 'by-turns' ? inTurn(TIMES, turn) : times;
  return withFields((value, name) => {
    if (typeof value !== 'string' || !/^(create|update)_time$/.test(name)) return value;
    const instant = new Date(value);
    return Number.isNaN(instant.getTime()) ? value : timeText(instant, form);
  });
}

function timeText(instant: Date, form: (typeof TIMES)[number]): string | number {
  const ms = instant.getTime();
  switch (form) {
    case 'documented':
      return plain(ms, 'T', 'Z');
    case 'epoch-ms':
      return ms;
    case 'epoch-s':
      return ms / 1000;
    case 'rfc-1123':
      return instant.toUTCString();
    case 'offset':
      return plain(ms + 8 * 3_600_000, 'T', '+08:00');
    case 'zoneless':
      return plain(ms, 'T', '');
    case 'spaced':
      return plain(ms, ' ', '');
    case 'empty':
      return '';
  }
}

/** `2024-04-11T06:38:21Z`, with another letter between day and time, and another zone. */
function plain(ms: number, between: string, zone: string): string {
  return `${new Date(ms).toISOString().slice(0, 19).replace('T', between)}${zone}`;
}

/** Writes every number of a row as text, or with a fraction of zero. */
export function spellNumbers(numbers: Edition['numbers'], turn: number): (row: Row) => Row {
  const form = numbers === 'by-turns' ? inTurn(NUMBERS, turn) : numbers;
  return withFields((value) => {
    if (form === 'text') return isNumber(value) ? String(value) : value;
    return form === 'float' && Number.isInteger(value) ? rawNumber(`${String(value)}.0`) : value;
  });
}

function isNumber(value: unknown): boolean {
  return typeof value === 'number' || typeof value === 'bigint';
}

function withFields(change: (value: unknown, name: string) => unknown): (row: Row) => Row {
  return (row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, change(value, name)]));
}

function inTurn<Form>(forms: readonly [Form, ...Form[]], turn: number): Form {
  return forms[turn % forms.length] ?? forms[0];
}
