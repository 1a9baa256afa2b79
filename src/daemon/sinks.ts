import type { SinkConfig } from '../config/sinks.ts';
import { createAlertmanagerSink } from '../delivery/alertmanager.ts';
import type { Sink } from '../delivery/sink.ts';
import { createWebhookSink } from '../delivery/webhook.ts';
import type { Proxies } from '../network/proxies.ts';

/** How long a receiver may take over one request. */
const RECEIVER_TIMEOUT_MS = 10_000;

/** The sinks of a configuration. No request is sent yet. */
export function createSinks(
  configs: readonly SinkConfig[],
  { baselineAlerts, proxies }: { baselineAlerts: boolean; proxies: Proxies },
): Sink[] {
  const timeoutMs = RECEIVER_TIMEOUT_MS;
  return configs.map((config) => {
    const { name, url } = config;
    if (config.kind === 'alertmanager') {
      return createAlertmanagerSink({ name, url: url.reveal(), baselineAlerts, timeoutMs, proxies });
    }
    const { secret, types, toStatus } = config;
    const reveal = secret && (() => secret.reveal());
    return createWebhookSink({
      name,
      url: url.reveal(),
      secret: reveal,
      types,
      toStatus,
      timeoutMs,
      proxies,
    });
  });
}
