import { z } from 'zod';
import type { HeaderSetting } from '../headers.ts';
import { FILE_KEY_SUFFIX } from '../setting-table.ts';
import type { Setting } from '../settings.ts';
import { childAt, type Entry, entriesOf, originOf, type Place } from './place.ts';
import { type Reading, type Rule, secretFileAt, settingAt } from './setting.ts';

/** Values of headers often hold keys, so all of them are taken for secrets. */
const VALUE: Rule = {
  row: { key: 'headers', secret: true, description: 'the value of a header' },
  field: z.unknown(),
};

/** The headers below the key `headers` of a sink. Where something else stands there, the structure has a fault. */
export function headersIn(sink: Place, reading: Reading): HeaderSetting[] {
  const place = childAt(sink, 'headers');
  const entries = (place && entriesOf(place)) ?? [];
  const names = new Set(entries.map(({ key }) => key));
  // Where both forms of a header stand, the second one has the fault for the two.
  const once = entries.filter(({ key }) => !names.has(key + FILE_KEY_SUFFIX));
  return once.map((entry) => headerAt(entry, entries, reading));
}

/** `X-Api-Key`, or `X-Api-Key_file` with the path of a file that has its value. */
function headerAt({ key, place }: Entry, beside: readonly Entry[], reading: Reading): HeaderSetting {
  const origin = originOf(place);
  if (!key.endsWith(FILE_KEY_SUFFIX)) return { name: key, origin, setting: settingAt(place, VALUE, reading) };
  const name = key.slice(0, -FILE_KEY_SUFFIX.length);
  const direct = beside.find((entry) => entry.key === name);
  return {
    name,
    origin,
    setting: direct ? refuseBoth([direct.place, place], reading) : secretFileAt(place, reading),
  };
}

function refuseBoth(places: readonly Place[], { findings }: Reading): Setting {
  const where = places.map((place) => originOf(place)).join(' and ');
  findings.faults.push({ where, got: 'both', expected: 'one of the two' });
  return { origin: where, value: undefined, unreadable: true };
}
