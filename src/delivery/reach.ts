import { openConnections } from '../network/connections.ts';
import type { Proxies } from '../network/proxies.ts';
import { ProxyError } from '../network/proxy-error.ts';
import type { SinkKind } from '../store/sinks.ts';
import { withDeadline } from '../waiting/deadline.ts';
import { alertmanagerApi, basicCredential, type HeaderSource } from './receiver-url.ts';

/** Whether a receiver is there, told without its path, which may hold a token. */
interface Reached {
  readonly ok: boolean;
  readonly details: string;
}

/**
 * Asks a receiver whether it is there, and sends it nothing: an Alertmanager for its status, the others by HEAD.
 * Any answer of a webhook is fine, since most take nothing but a POST. Only one that wants other credentials,
 * or fails, is not. SMN is asked without a credential, and may well say so. Never rejects.
 */
export async function reachReceiver(
  { kind, url, headers = () => ({}) }: { kind: SinkKind; url: string; headers?: HeaderSource },
  { signal, timeoutMs, proxies }: { signal: AbortSignal; timeoutMs: number; proxies?: Proxies },
): Promise<Reached> {
  const given = new URL(url);
  const target = kind === 'alertmanager' ? alertmanagerApi(given, 'status') : given;
  const authorization = basicCredential(target);
  target.username = '';
  target.password = '';
  const connections = openConnections({ connectTimeoutMs: timeoutMs, proxies });
  try {
    const ask = async (bounded: AbortSignal) => {
      const { statusCode, body } = await connections.request(target, {
        method: kind === 'alertmanager' ? 'GET' : 'HEAD',
        headers: { 'user-agent': 'cph-inventory', ...(authorization && { authorization }), ...headers() },
        signal: bounded,
      });
      await body.dump();
      return statusCode;
    };
    const status = await withDeadline(signal, { ms: timeoutMs, work: ask });
    return { ok: isFine(kind, status), details: `${target.origin} answers with ${status}` };
  } catch (error) {
    const details = `${target.origin} cannot be reached (${reasonOf(error)}); check the URL and the network`;
    return { ok: false, details };
  } finally {
    await connections.close();
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof ProxyError) return error.message;
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}

function isFine(kind: SinkKind, status: number): boolean {
  if (kind === 'alertmanager') return status === 200;
  return status < 500 && (kind === 'smn' || (status !== 401 && status !== 403));
}
