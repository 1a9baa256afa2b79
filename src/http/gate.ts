/** Who is answered at all, and what browsers are told of every answer: it is for looking, and for nobody else. */
import { isIP } from 'node:net';
import type { MiddlewareHandler } from 'hono';

/**
 * Refuses what would change something (405), and whoever asks for a host that is neither an address, localhost
 * nor that of `publicUrl` (421). A page of somebody else can give its own name our address and have a browser
 * ask here, but not under another name (DNS rebinding). The port says nothing: proxies have their own.
 */
export function gate({ publicUrl }: { readonly publicUrl: URL | null }): MiddlewareHandler {
  return async (c, next) => {
    const { method } = c.req;
    if (method !== 'GET' && method !== 'HEAD') {
      const message = `nothing here changes anything, so there is only GET and HEAD; got ${method}`;
      return c.json({ error: { message } }, 405, { allow: 'GET, HEAD' });
    }
    const host = hostIn(c.req.header('host') ?? '');
    if (isAnswered(host, publicUrl)) return await next();
    const message = `this answers to an address, to localhost and to the host of CPH_PUBLIC_URL; asked for ${JSON.stringify(host)}`;
    return c.json({ error: { message } }, 421);
  };
}

/** The name in a `Host` header, without its port and the dot that may end it. */
function hostIn(header: string): string {
  const [, bracketed, name = ''] = /^(?:\[([^\]]*)\]|([^:]*))(?::\d*)?$/.exec(header) ?? [];
  return (bracketed ?? name).toLowerCase().replace(/\.$/, '');
}

function isAnswered(host: string, publicUrl: URL | null): boolean {
  return isIP(host) > 0 || host === 'localhost' || (publicUrl !== null && host === hostIn(publicUrl.host));
}
