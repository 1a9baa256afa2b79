/** What stands in for the services that people are told through: HTTP ones by path, and a mail server. */
import { once } from 'node:events';
import { createServer, type Server as HttpServer, type IncomingMessage } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';

type Json = Record<string, unknown>;

interface Services {
  readonly url: string;
  /** Bodies of what a service took, by its path. */
  readonly took: Record<string, Json[]>;
}

const REFUSAL = 'refused';

/**
 * What each answers to a body: null for one that it does not take, as HTTP 400. Robots say so in a 200. By the services'
 * documentation of incoming webhooks, Events API v2, WeCom messages and group robots.
 */
const ANSWERS: Readonly<Record<string, (body: Json) => string | null>> = {
  '/slack': ({ text, attachments }) => (text || attachments ? 'ok' : null),
  '/teams': ({ type, attachments }) => (type === 'message' && Array.isArray(attachments) ? '' : null),
  '/pagerduty': ({ routing_key, event_action }) =>
    routing_key && event_action ? '{"status":"success","message":"Event processed","dedup_key":"k"}' : null,
  '/wecom/gettoken': () => '{"errcode":0,"errmsg":"ok","access_token":"t","expires_in":7200}',
  '/wecom/message/send': ({ msgtype }) => robot('errcode', msgtype === 'text' ? 0 : 40008),
  '/dingtalk': (body) => robot('errcode', contentOf(body).includes('CPH') ? 0 : 310000),
  '/wecom-robot': (body) => robot('errcode', contentOf(body) ? 0 : 40008),
  '/feishu': ({ msg_type, content }) =>
    robot('code', msg_type === 'text' && (content as Json | undefined)?.text ? 0 : 9499),
};

function contentOf({ msgtype, text }: Json): string {
  return msgtype === 'text' ? String((text as Json | undefined)?.content ?? '') : '';
}

function robot(field: string, code: number): string {
  return JSON.stringify({ [field]: code, ...(code !== 0 && { msg: REFUSAL }) });
}

/** For one test. */
export async function tellableServices(): Promise<Services> {
  const took: Record<string, Json[]> = {};
  const server = createServer(async (request: IncomingMessage, response) => {
    const body = JSON.parse((await text(request)) || '{}') as Json;
    const { pathname } = new URL(request.url ?? '/', 'http://here');
    const answer = ANSWERS[pathname]?.(body) ?? null;
    if (answer !== null && !answer.includes(REFUSAL)) took[pathname] = [...(took[pathname] ?? []), body];
    const type = answer?.startsWith('{') ? 'application/json' : 'text/html';
    response.writeHead(answer === null ? 400 : 200, { 'content-type': type }).end(answer ?? '');
  });
  return { url: `http://127.0.0.1:${await listening(server)}`, took };
}

interface Mail {
  readonly user: string;
  readonly to: string;
  readonly content: string;
}

/** A mail server without TLS that wants a login by AUTH PLAIN. For one test. */
export async function mailServer(): Promise<{ readonly port: number; readonly mails: Mail[] }> {
  const mails: Mail[] = [];
  const sockets = new Set<Socket>();
  const server = createTcpServer((socket) => {
    sockets.add(socket);
    // Whoever hangs up in the middle of a line has told all there was to tell.
    converse(socket, mails).catch(() => undefined);
  });
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
  });
  return { port: await listening(server), mails };
}

/** As far as RFC 5321 and RFC 4954 are needed to take a mail. */
async function converse(socket: Socket, mails: Mail[]): Promise<void> {
  const say = (line: string) => socket.write(`${line}\r\n`);
  let user = '';
  let to = '';
  let content: string[] | null = null;
  say('220 here');
  for await (const line of createInterface(socket.on('error', () => undefined))) {
    if (content && line !== '.') {
      content.push(line);
      continue;
    }
    if (content) mails.push({ user, to, content: content.join('\n') });
    content = line === 'DATA' ? [] : null;
    if (line.startsWith('AUTH PLAIN ')) user = Buffer.from(line.slice(11), 'base64').toString();
    if (line.startsWith('RCPT TO:')) to = line.slice(8);
    say(replyTo(line, user));
  }
}

function replyTo(line: string, user: string): string {
  if (line.startsWith('EHLO')) return '250-here\r\n250 AUTH PLAIN';
  if (line.startsWith('AUTH')) return '235 let in';
  if (line.startsWith('MAIL') && !user) return '530 who are you';
  if (line === 'DATA') return '354 go on';
  return line === 'QUIT' ? '221 bye' : '250 ok';
}

async function listening(server: HttpServer | Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}
