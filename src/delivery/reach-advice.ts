/** What to do about a receiver that cannot be reached, by the stable name of the failure; likeliest cause first. */
const ADVICE: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there: check host and port in the URL of the sink',
  ENOTFOUND: 'the name service does not know the host: check the URL of the sink for a slip',
  EAI_AGAIN: 'the name service gave no answer: check the network of this machine',
  ERR_SSL_WRONG_VERSION_NUMBER:
    'it answers without TLS: the URL of the sink has to begin with http://, or needs another port',
  EPROTO: 'it answers without TLS: the URL of the sink has to begin with http://, or needs another port',
  UND_ERR_SOCKET:
    'it broke the connection off: where the port speaks TLS, the URL of the sink has to begin with https://',
  ECONNRESET:
    'it broke the connection off: where the port speaks TLS, the URL of the sink has to begin with https://',
  CERT_HAS_EXPIRED: 'renew its certificate, unless the clock of this machine is wrong',
  CERT_NOT_YET_VALID: 'check the clock of this machine, then its certificate',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is of another name: check the host in the URL of the sink',
};

const UNTRUSTED = /^(?:DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_)/;
const IN_TIME = /^(?:TimeoutError|ETIMEDOUT|UND_ERR_\w+_TIMEOUT)$/;

export function adviceOnReach(name: string): string {
  if (UNTRUSTED.test(name))
    return 'its certificate is not trusted: put its authority, or that of a proxy which opens TLS, into NODE_EXTRA_CA_CERTS';
  if (IN_TIME.test(name))
    return 'no answer in time: check the URL of the sink, and any firewall or proxy in between';
  return ADVICE[name] ?? 'check the URL of the sink and the network';
}
