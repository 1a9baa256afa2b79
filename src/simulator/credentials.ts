import type { KeyPair } from './access.ts';
import type { IamUser } from './iam.ts';

/** What the simulated cloud accepts beside its tokens. Constants: nothing here guards anything. */
export const USER: IamUser = {
  name: 'simulated-user',
  password: 'simulated-password',
  domain: 'simulated-domain',
};

export const KEY_PAIR: KeyPair = { access: 'SIMULATEDACCESSKEY01', secret: 'simulated-secret-key' };

export const TEMPORARY_KEY_PAIR: KeyPair & { readonly securityToken: string } = {
  access: 'SIMULATEDACCESSKEY02',
  secret: 'simulated-temporary-secret-key',
  securityToken: 'simulated-security-token',
};
