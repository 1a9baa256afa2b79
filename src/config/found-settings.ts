import { readEnvironment, type Surroundings } from './environment.ts';
import type { GlobalKey } from './global.ts';
import type { ProjectSettings } from './project.ts';
import { CREDENTIAL_SETTINGS, GLOBAL_SETTINGS, PROJECT_SETTINGS } from './setting-table.ts';
import { type Findings, isSet, type Settings } from './settings.ts';
import { ALERTMANAGER_SETTINGS, SMN_SETTINGS, WEBHOOK_SETTINGS } from './sink-table.ts';
import type { SinkSettings } from './sinks.ts';

/** What was found, before any of it is judged. A part that nobody asks for is not read, and so not missed. */
export interface FoundSettings {
  readonly projects: () => readonly ProjectSettings[];
  readonly sinks: () => readonly SinkSettings[];
  readonly global: () => Settings<GlobalKey>;
}

/** The settings of the environment: one project, and at most one sink of each kind. */
export function settingsInEnvironment(surroundings: Surroundings, findings: Findings): FoundSettings {
  return {
    projects: () => [
      {
        settings: readEnvironment(PROJECT_SETTINGS, surroundings, findings),
        credentials: {
          origin: 'credentials',
          called: 'variable',
          settings: readEnvironment(CREDENTIAL_SETTINGS, surroundings, findings),
        },
      },
    ],
    sinks: () => sinksInEnvironment(surroundings, findings),
    global: () => readEnvironment(GLOBAL_SETTINGS, surroundings, findings),
  };
}

function sinksInEnvironment(surroundings: Surroundings, findings: Findings): SinkSettings[] {
  const webhook = readEnvironment(WEBHOOK_SETTINGS, surroundings, findings);
  const alertmanager = readEnvironment(ALERTMANAGER_SETTINGS, surroundings, findings);
  const sinks: SinkSettings[] = [];
  // A secret without a URL is a sink that lacks its URL, and not no sink.
  if (isSet(webhook.url) || isSet(webhook.secret)) {
    sinks.push({ kind: 'webhook', settings: webhook, headers: [] });
  }
  if (isSet(alertmanager.url)) {
    sinks.push({ kind: 'alertmanager', settings: alertmanager, headers: [] });
  }
  const smn = readEnvironment(SMN_SETTINGS, surroundings, findings);
  if (isSet(smn.topicUrn)) sinks.push({ kind: 'smn', settings: smn });
  return sinks;
}
