/** An API, its IAM and a webhook receiver in one, which repeat what they were sent wherever they can. */
import type { ServerResponse } from 'node:http';
import { type ReceivedRequest, sendJson, startApi } from './cph-api.ts';

export interface IndiscreetCloud {
  readonly url: string;
  readonly requests: readonly ReceivedRequest[];
  /** From now on everything is refused, with what was sent in the reason. */
  refuse(): void;
  /** How often it has been indiscreet. */
  readonly indiscretions: () => number;
  close(): Promise<void>;
}

/** Lists one private image, and lets in whoever asks: it is about what it is sent. */
export async function startIndiscreetCloud(loginToken: string): Promise<IndiscreetCloud> {
  let refusing = false;
  let refused = 0;
  const api = await startApi((request, response) => {
    const { pathname } = request.url;
    if (refusing || pathname.startsWith('/hooks/')) {
      const repeat = REPETITIONS[refused % REPETITIONS.length];
      refused += 1;
      repeat?.(credentialIn(request), { request, response });
    } else if (pathname.endsWith('/auth/tokens')) {
      const token = { expires_at: new Date(Date.now() + 3_600_000).toISOString() };
      sendJson(response, { token }, { status: 201, headers: { 'x-subject-token': loginToken } });
    } else sendJson(response, listing(request));
  });
  return {
    url: api.url,
    requests: api.requests,
    refuse: () => {
      refusing = true;
    },
    indiscretions: () => refused,
    close: api.close,
  };
}

function listing({ url }: ReceivedRequest): object {
  if (url.pathname.endsWith('/phone-images')) return { phone_images: [] };
  const images = url.searchParams.get('image_type') === 'private' ? [{ image_id: 'a', status: 1 }] : [];
  return { image_infos: images, total: images.length };
}

/** The part of a request that should have stayed between the two. */
function credentialIn({ headers, body, url }: ReceivedRequest): string {
  const { authorization = '', 'x-auth-token': token } = headers;
  if (url.pathname.startsWith('/hooks/')) return url.pathname.slice('/hooks/'.length);
  if (body) return String(JSON.parse(body).auth.identity.password.user.password);
  return String(token ?? /Access=([^,]+)/.exec(authorization)?.[1]);
}

type Repetition = (
  credential: string,
  exchange: { request: ReceivedRequest; response: ServerResponse },
) => void;

const inMessage =
  (spelled: (credential: string) => string): Repetition =>
  (credential, { request, response }) => {
    const text = `bad credential ${spelled(credential)}`;
    const login = request.url.pathname.endsWith('/auth/tokens');
    const body = login
      ? { error: { code: 401, message: text, title: text } }
      : { error_code: 'APIGW.0301', error_msg: text, request_id: 'r1' };
    sendJson(response, body, { status: 401 });
  };

/** Where a credential may turn up again, and how it may be spelled there. */
const REPETITIONS: readonly Repetition[] = [
  inMessage((credential) => credential),
  inMessage((credential) => JSON.stringify(credential)),
  inMessage(encodeURIComponent),
  (credential, { response }) =>
    sendJson(response, { error_code: credential, error_msg: 'bad credential' }, { status: 403 }),
  (credential, { response }) =>
    sendJson(response, { error_code: 'CPS.0001', error_msg: 'no', request_id: credential }, { status: 400 }),
  (credential, { response }) => response.writeHead(502).end(`<html>bad credential ${credential}</html>`),
  (credential, { response }) =>
    response.writeHead(302, { location: `http://127.0.0.1:1/${encodeURIComponent(credential)}` }).end(),
  (_credential, { request, response }) =>
    inMessage(() => JSON.stringify(request.headers))('', { request, response }),
  (_credential, { request, response }) => inMessage(() => request.body)('', { request, response }),
];
