import { openConnections } from '../network/connections.ts';
import type { Proxies } from '../network/proxies.ts';
import { ProxyError } from '../network/proxy-error.ts';
import type { SinkKind } from '../store/sinks.ts';
import { withDeadline } from '../waiting/deadline.ts';
import { adviceOnReach } from './reach-advice.ts';
import { alertmanagerApi, basicCredential, type HeaderSource } from './receiver-url.ts';

/** Whether a receiver is there, told without its path, which may hold a token. */
interface Reached {
  /** A note where the answer leaves open whether it will take what it is sent. */
  readonly result: 'ok' | 'note' | 'failed';
  readonly details: string;
}

export interface Receiver {
  readonly kind: SinkKind;
  readonly url: string;
  readonly headers?: HeaderSource;
  /** Whether what it is sent is signed, which a question without a body is not. */
  readonly signed?: boolean;
}

/**
 * Asks a receiver whether it is there, and sends it nothing: an Alertmanager for its status, the others by HEAD.
 * Any answer of a webhook is fine, since most take nothing but a POST. Only one that wants other credentials,
 * leads elsewhere, knows no such path, or fails, is not. One that verifies signatures refuses a question without any,
 * so its refusal says nothing of credentials. SMN is asked without a credential, and may well say so. Never rejects.
 */
export async function reachReceiver(
  { kind, url, headers = () => ({}), signed = false }: Receiver,
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
    const answer = `${target.origin} answers with ${status}`;
    if (signed && isRefusal(status))
      return {
        result: 'note',
        details: `${answer} to what is not signed; the first delivery shows the rest`,
      };
    return isFine(kind, status)
      ? { result: 'ok', details: answer }
      : { result: 'failed', details: `${answer}; ${adviceOn(status)}` };
  } catch (error) {
    const reason = reasonOf(error);
    const advice =
      error instanceof ProxyError ? 'check the proxy, or name the host in NO_PROXY' : adviceOnReach(reason);
    const details = `${target.origin} cannot be reached (${reason}); ${advice}`;
    return { result: 'failed', details };
  } finally {
    await connections.close();
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof ProxyError) return error.message;
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}

/** 405 and 501 say that a webhook takes nothing but a POST. */
function isFine(kind: SinkKind, status: number): boolean {
  if (kind === 'alertmanager') return status === 200;
  if (status === 501) return true;
  if (kind === 'smn') return status < 500;
  return status < 500 && !isRedirect(status) && !isRefusal(status) && ![404, 410].includes(status);
}

const isRedirect = (status: number) => status >= 300 && status < 400;
const isRefusal = (status: number) => status === 401 || status === 403;

/** What to do about an answer that is not fine. */
function adviceOn(status: number): string {
  if (isRedirect(status)) return 'redirects are not followed: configure the URL it leads to';
  if (isRefusal(status)) return 'check the user, password or headers of the sink';
  if (status === 404 || status === 410) return 'nothing takes events at this path: check the URL';
  return 'the receiver itself is in trouble';
}
