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
  means: Omit<Parameters<typeof openSmnSink>[1], 'timeoutMs'>,
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
    if (config.kind === 'alertmanager') return createAlertmanagerSink({ ...receiver, baselineAlerts });
    const { secret, types, toStatus, accept } = config;
    const reveal = secret && (() => secret.reveal());
    return createWebhookSink({ ...receiver, secret: reveal, types, toStatus, accept });
  });
}

/** The headers as they are when they are asked for: those from files change while we run. */
export function revealed(headers: HeadersConfig): HeaderSource {
  return () => Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, value.reveal()]));
}
