/** Certificates for a test, made by openssl. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

export interface Certificates {
  /** Of the authority that signed the others, and of one that signed none. */
  readonly authority: string;
  readonly stranger: string;
  readonly sign: (name: string, subject: Subject) => Promise<{ cert: string; key: string }>;
  readonly close: () => Promise<void>;
}

interface Subject {
  readonly commonName: string;
  /** Such as `DNS:localhost`. */
  readonly altName?: string;
}

export async function makeCertificates(): Promise<Certificates> {
  const folder = await mkdtemp(join(tmpdir(), 'cph-inventory-certificates-'));
  const at = (name: string) => join(folder, name);
  const authorityOf = async (name: string) => {
    await openssl([
      'req',
      '-x509',
      ...newKey(at(`${name}.key`)),
      '-out',
      at(`${name}.crt`),
      '-subj',
      `/CN=${name}`,
    ]);
    return at(`${name}.crt`);
  };
  const authority = await authorityOf('authority');
  return {
    authority,
    stranger: await authorityOf('stranger'),
    sign: async (name, { commonName, altName }) => {
      const [cert, key] = [at(`${name}.crt`), at(`${name}.key`)];
      const request = ['-subj', `/CN=${commonName}`, '-out', at(`${name}.csr`)];
      await openssl(['req', ...newKey(key), ...request]);
      await writeFile(at('extensions'), altName ? `subjectAltName=${altName}\n` : '');
      const signed = ['-CA', authority, '-CAkey', at('authority.key'), '-CAcreateserial'];
      await openssl([
        'x509',
        '-req',
        '-in',
        at(`${name}.csr`),
        ...signed,
        '-extfile',
        at('extensions'),
        '-out',
        cert,
      ]);
      return { cert, key };
    },
    close: () => rm(folder, { recursive: true, force: true }),
  };
}

const newKey = (path: string) => ['-newkey', 'rsa:2048', '-nodes', '-keyout', path];

async function openssl(args: readonly string[]): Promise<void> {
  await promisify(execFile)('openssl', args);
}
