import { hostname } from 'node:os';
import type { Config } from '../config/config.ts';
import type { HeadersConfig } from '../config/headers.ts';
import type { SinkConfig } from '../config/sinks.ts';
import { createAlertmanagerSink } from '../delivery/alertmanager.ts';
import type { HeaderSource } from '../delivery/receiver-url.ts';
import type { Sink } from '../delivery/sink.ts';
import { createWebhookSink } from '../delivery/webhook.ts';
import { openSmnSink } from './smn.ts';

/** How long a receiver may take over one request. */
const RECEIVER_TIMEOUT_MS = 10_000;

/** The sinks of a configuration. No request is sent yet. */
export function createSinks(
  configs: readonly SinkConfig[],
  means: Omit<Parameters<typeof openSmnSink>[1], 'timeoutMs'> & Pick<Config, 'http' | 'publicUrl'>,
): Sink[] {
  const { baselineAlerts, proxies } = means;
  const timeoutMs = RECEIVER_TIMEOUT_MS;
  return configs.map((config) => {
    if (config.kind === 'smn') return openSmnSink(config, { ...means, timeoutMs });
    const { name } = config;
    const receiver = {
      name,
      url: config.url.reveal(),
      headers: revealed(config.headers),
      timeoutMs,
      proxies,
    };
    if (config.kind === 'alertmanager') {
      return createAlertmanagerSink({ ...receiver, baselineAlerts, pageUrl: pageUrl(means) });
    }
    const { secret, types, toStatus, accept } = config;
    const reveal = secret && (() => secret.reveal());
    return createWebhookSink({ ...receiver, secret: reveal, types, toStatus, accept });
  });
}

const EVERYWHERE = new Set(['0.0.0.0', '::']);

/**
 * Where people reach the page. Without `CPH_PUBLIC_URL`, where it is served, which is of use on this machine alone.
 * Undefined where it is not served, or on a port that nobody knows yet.
 */
function pageUrl({ publicUrl, http }: Pick<Config, 'http' | 'publicUrl'>): string | undefined {
  if (publicUrl) return publicUrl.href.replace(/\/+$/, '');
  if (!http || http.port === 0) return undefined;
  const host = EVERYWHERE.has(http.host) ? hostname() : http.host;
  return `http://${host.includes(':') ? `[${host}]` : host}:${http.port}`;
}

/** The headers as they are when they are asked for: those from files change while we run. */
export function revealed(headers: HeadersConfig): HeaderSource {
  return () => Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, value.reveal()]));
}
