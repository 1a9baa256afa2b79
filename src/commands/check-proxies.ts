import type { Config } from '../config/config.ts';
import { proxyFor, shownProxy } from '../network/proxies.ts';
import type { Checked } from './check.ts';

/** A note for each proxy that is in the way, with the hosts behind it. */
export function proxyNotes({
  projects,
  sinks,
  proxies,
}: Pick<Config, 'projects' | 'sinks' | 'proxies'>): Checked[] {
  const targets = [
    ...projects.flatMap(({ endpoint, credentials }) =>
      credentials.kind === 'password' ? [endpoint, credentials.authUrl] : [endpoint],
    ),
    ...sinks.map((sink) => (sink.kind === 'smn' ? sink.endpoint : sink.url.reveal())),
  ].map((target) => new URL(target));
  const behind = new Map<string, Set<string>>();
  for (const target of targets) {
    const proxy = proxyFor(target, proxies);
    if (proxy === null) continue;
    const name = target.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY';
    const shown = `${name} (${shownProxy(proxy)})`;
    behind.set(shown, (behind.get(shown) ?? new Set()).add(target.host));
  }
  return Array.from(behind, ([proxy, hosts]) => ({
    result: 'note',
    what: 'proxy',
    project_id: null,
    details: `${proxy} is in the way to ${[...hosts].join(', ')}; NO_PROXY names what is reached directly`,
  }));
}
