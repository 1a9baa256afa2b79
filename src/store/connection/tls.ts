/** TLS on a socket to Postgres. */
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { isIP, type Socket } from 'node:net';
import { type ConnectionOptions, checkServerIdentity, connect, type TLSSocket } from 'node:tls';
import type { TlsTerms } from '../../database-url/tls-terms.ts';

/** Length and code of the message that asks for TLS. */
const REQUEST = Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f]);

/** Whether the server offers TLS on this connection. */
export async function offersTls(socket: Socket): Promise<boolean> {
  socket.write(REQUEST);
  const [answer]: Buffer[] = await once(socket, 'data');
  const text = answer?.toString('latin1');
  // Anything behind the letter was sent by somebody who wants it to be taken for what comes encrypted.
  if (text === 'S' || text === 'N') return text === 'S';
  throw new Error(
    'something answers that is no Postgres (asked for TLS, it says neither yes nor no): check host and port in DATABASE_URL',
  );
}

/** Resolves once both ends have agreed, and the server is who the terms say it must be. */
export async function encrypt(socket: Socket, terms: TlsTerms, host: string): Promise<TLSSocket> {
  const secure = connect({ socket, ...(await optionsOf(terms, host)) });
  try {
    await once(secure, 'secureConnect');
    return secure;
  } catch (cause) {
    // There may be more errors to come.
    secure.on('error', () => undefined);
    throw new HandshakeError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

/** Both ends could not agree on TLS, or the server is not who it must be. */
export class HandshakeError extends Error {
  override readonly name = 'HandshakeError';
}

async function optionsOf(terms: TlsTerms, host: string): Promise<ConnectionOptions> {
  const { rootCert, cert, key, crl, minVersion, maxVersion } = terms;
  return {
    host,
    // A server's name, that is: an address is none.
    ...(terms.sendName && isIP(host) === 0 && { servername: host }),
    rejectUnauthorized: rootCert !== null,
    ...(terms.mode !== 'verify-full' && { checkServerIdentity: () => undefined }),
    ...(terms.mode === 'verify-full' && {
      checkServerIdentity: (_: string, peer: Parameters<typeof checkServerIdentity>[1]) =>
        checkServerIdentity(host, peer),
    }),
    ...(rootCert !== null && rootCert !== 'system' && { ca: await contents('sslrootcert', rootCert) }),
    ...(cert !== null && { cert: await contents('sslcert', cert) }),
    ...(key !== null && { key: await contents('sslkey', key) }),
    ...(terms.password !== null && { passphrase: terms.password }),
    ...(crl !== null && { crl: await contents('sslcrl', crl) }),
    ...(minVersion && { minVersion }),
    ...(maxVersion && { maxVersion }),
    ...(terms.direct && { ALPNProtocols: ['postgresql'] }),
  };
}

async function contents(parameter: string, path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unreadable';
    throw new TlsFileError(`the file of ${parameter} in DATABASE_URL cannot be read (${code}): ${path}`, {
      cause,
    });
  }
}

/** A file that the URL names is not there or not ours to read: no other server would make a difference. */
export class TlsFileError extends Error {
  override readonly name = 'TlsFileError';
}
