/** The part of a connection in which it shows whether the server is the right one, and lets us in. */
import type { Session } from '../../database-url/address.ts';
import { Mismatch } from './attempts.ts';

/** What a server says, as pg reads it. */
export type Message = Error & {
  readonly mechanisms?: readonly string[];
  readonly fields?: readonly (string | null)[];
};

interface Wanted {
  readonly session: Session;
  /** Whether the server must prove in the login that nobody sits between it and us. */
  readonly bound: boolean;
  readonly query: (text: string) => void;
}

const ASK = `select pg_catalog.pg_is_in_recovery(), pg_catalog.current_setting('transaction_read_only')`;

const UNBOUND = 'the server offers no channel binding, which channel_binding=require asks for';

/** We have refused to go on: there is no password, or the server is not to be trusted with it. */
export class LoginError extends Error {
  override readonly name = 'LoginError';
}

/** Listens to one attempt, and keeps from pg what is not for it to hear. */
export class Login {
  /** Resolves when the server is the right one and ready; rejects with what it said instead. */
  readonly done: Promise<void>;
  /** The message with which it became ready. */
  ready: unknown;
  readonly #wanted: Wanted;
  #settle: { resolve: () => void; reject: (error: Error) => void } = { resolve() {}, reject() {} };
  #asked = false;
  #bound = false;

  constructor(wanted: Wanted) {
    this.#wanted = wanted;
    this.done = new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
    this.done.catch(() => undefined);
  }

  /** True for what is not for pg to hear. */
  hears(event: string, message: Message): boolean {
    if (event === 'errorMessage') {
      this.#settle.reject(message);
      return true;
    }
    if (event === 'error') {
      this.#settle.reject(new LoginError(message.message, { cause: message }));
      return true;
    }
    if (event === 'readyForQuery') {
      this.#becomesReady(message);
      return true;
    }
    if (event === 'dataRow' && this.#asked) this.#judge(message.fields ?? []);
    return this.#asked || (this.#wanted.bound && this.#isUnbound(event, message));
  }

  #becomesReady(message: unknown): void {
    this.ready = message;
    if (this.#asked || this.#wanted.session === 'any') this.#settle.resolve();
    else {
      this.#asked = true;
      this.#wanted.query(ASK);
    }
  }

  #judge([recovering, readOnly]: readonly (string | null)[]): void {
    const standby = recovering === 't';
    const writable = !standby && readOnly === 'off';
    const fits: Record<Session, boolean> = {
      any: true,
      'read-write': writable,
      'read-only': !writable,
      primary: !standby,
      standby,
      'prefer-standby': standby,
    };
    const { session } = this.#wanted;
    const found = standby ? 'a standby' : writable ? 'a primary' : 'read-only';
    if (!fits[session]) {
      this.#settle.reject(new Mismatch(`the server is ${found}, and target_session_attrs=${session}`));
    }
  }

  /** True, and it is over, when the server wants to hear a password in another way, or nothing at all. */
  #isUnbound(event: string, { mechanisms }: Message): boolean {
    if (event === 'authenticationSASL') this.#bound = mechanisms?.includes('SCRAM-SHA-256-PLUS') ?? false;
    const other = event === 'authenticationMD5Password' || event === 'authenticationCleartextPassword';
    const unbound = other || (/^authentication(?:SASL|Ok)$/.test(event) && !this.#bound);
    if (unbound) this.#settle.reject(new LoginError(UNBOUND));
    return unbound;
  }
}
