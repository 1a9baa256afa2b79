import { readVariable } from '../environment.ts';
import type { FoundSettings } from '../found-settings.ts';
import type { GlobalKey } from '../global.ts';
import type { Row } from '../setting-table.ts';
import type { Settings } from '../settings.ts';
import type { SinkSettings } from '../sinks.ts';
import { defaultAt, readGroup } from './group.ts';
import { childAt, elementsOf, type Place, rootOf, wordAt } from './place.ts';
import { projectsInFile } from './projects.ts';
import type { Reading } from './setting.ts';
import { ALERTMANAGER, GLOBAL, GLOBAL_SHAPE, SECTIONS, WEBHOOK } from './shape.ts';
import { structureFaults } from './structure.ts';

/**
 * The settings of a configuration file. Projects, credentials and sinks are the file's alone; anything else that it
 * does not name comes from the environment.
 */
export function settingsInFile(reading: Reading): FoundSettings {
  const root = rootOf(reading.file);
  return {
    projects: () => projectsInFile(root, reading),
    sinks: () => sinksInFile(root, reading),
    global: () => globalInFile(root, reading),
  };
}

function globalInFile(root: Place, reading: Reading): Settings<GlobalKey> {
  const { surroundings, findings } = reading;
  findings.faults.push(...structureFaults(root, GLOBAL_SHAPE));
  const missing = (row: Row) => readVariable(row, surroundings, findings);
  return readGroup(GLOBAL, { layers: [root], missing }, reading);
}

function sinksInFile(root: Place, reading: Reading): SinkSettings[] {
  const section = childAt(root, 'sinks');
  if (!section) return [];
  reading.findings.faults.push(...structureFaults(section, SECTIONS.sinks));
  return (elementsOf(section) ?? []).flatMap((place) => sinkAt(place, reading) ?? []);
}

/** Null when its kind is not known; the structure has a fault for that. */
function sinkAt(place: Place, reading: Reading): SinkSettings | null {
  const kind = wordAt(place, 'kind');
  const lookup = { layers: [place], missing: defaultAt(place) };
  if (kind === 'webhook') return { kind, settings: readGroup(WEBHOOK, lookup, reading) };
  if (kind === 'alertmanager') return { kind, settings: readGroup(ALERTMANAGER, lookup, reading) };
  return null;
}
