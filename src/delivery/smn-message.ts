/** What people are told of alerts that began and ended, within what a topic's subscribers can take. Pure. */
import type { ToldAlert } from '../store/alerts.ts';

/** Alerts to be told in one message. */
export interface Digest {
  readonly begun: readonly ToldAlert[];
  readonly ended: readonly ToldAlert[];
  /** Began and ended since the last message. */
  readonly passed: readonly ToldAlert[];
}

interface Message {
  readonly subject: string;
  /** By protocol; `default` is for chat robots and whatever else has no text of its own. */
  readonly texts: { readonly default: string; readonly sms: string; readonly email?: string };
}

/** The vendor's limits: SMN API reference, Publishing a Message. A chat robot of DingTalk takes the least. */
const SUBJECT_BYTES = 512;
const ROBOT_BYTES = 20_000;
const SMS_CHARACTERS = 490;
/**
 * All texts together may have 256 KB, as the JSON they travel in; quotes and line ends are two bytes there.
 */
const EMAIL_BYTES = 220_000;
/** More sentences would be a long bill, and cut off by the carrier. */
const SMS_SENTENCES = 3;

/** The message that tells of `digest`. What has no room is counted. */
export function messageOf(digest: Digest): Message {
  const subject = cutBytes(subjectOf(digest), SUBJECT_BYTES, plainBytes);
  const robot = textOf(digest, ROBOT_BYTES);
  const email = textOf(digest, EMAIL_BYTES);
  const texts = { default: robot, sms: smsOf(digest) };
  return { subject, texts: email === robot ? texts : { ...texts, email } };
}

function subjectOf({ begun, ended, passed }: Digest): string {
  const all = [...begun, ...ended, ...passed];
  if (all.length === 1) return `${ended.length === 1 ? 'Over: ' : ''}${summaryOf(all[0])}`;
  return `Cloud phone images: ${countsOf({ begun, ended, passed })}`;
}

function countsOf({ begun, ended, passed }: Digest): string {
  const counts = [
    [begun.length, 'began'],
    [ended.length, 'ended'],
    [passed.length, 'began and ended'],
  ] as const;
  return counts.flatMap(([count, verb]) => (count > 0 ? [`${alerts(count)} ${verb}`] : [])).join(', ');
}

const alerts = (count: number) => `${count} ${count === 1 ? 'alert' : 'alerts'}`;

const summaryOf = (alert: ToldAlert | undefined) => alert?.annotations.summary ?? '';

/** News first. Each alert whole or not at all; the rest is counted. */
function textOf(digest: Digest, most: number): string {
  const entries = [
    ...digest.begun.map((alert) => `Began: ${summaryOf(alert)}\n${alert.annotations.description}\n`),
    ...digest.ended.map((alert) => `Ended: ${summaryOf(alert)} (since ${alert.starts_at.toISOString()})\n`),
    ...digest.passed.map(
      (alert) => `Began and ended: ${summaryOf(alert)} (since ${alert.starts_at.toISOString()})\n`,
    ),
  ];
  const text = `${countsOf(digest)}.\n\n${entries.join('\n')}`;
  if (jsonBytes(text) <= most) return text;
  const room = most - jsonBytes(`${countsOf(digest)}.\n\n`) - jsonBytes(left(entries.length));
  const told: string[] = [];
  let used = 0;
  for (const entry of entries) {
    used += jsonBytes(`${entry}\n`);
    if (used > room) break;
    told.push(entry);
  }
  return `${countsOf(digest)}.\n\n${told.join('\n')}\n${left(entries.length - told.length)}`;
}

const left = (count: number) => `And ${count} more: cph-inventory status.\n`;

/** Square brackets of either kind are not delivered: there, they set off the name of the sender. */
function smsOf(digest: Digest): string {
  const { begun, ended, passed } = digest;
  const all = [
    ...begun.map(summaryOf),
    ...ended.map((alert) => `Over: ${summaryOf(alert)}`),
    ...passed.map((alert) => `Over again: ${summaryOf(alert)}`),
  ];
  const heading = all.length > 1 ? [`CPH: ${countsOf(digest)}`] : [];
  const text = [...heading, ...all.slice(0, SMS_SENTENCES)].join('. ');
  return cutCharacters(text.replace(/[[\u3010]/g, '(').replace(/[\]\u3011]/g, ')'), SMS_CHARACTERS);
}

const plainBytes = (text: string) => Buffer.byteLength(text);
/** Without the quotes around it. */
const jsonBytes = (text: string) => Buffer.byteLength(JSON.stringify(text)) - 2;

/** The longest beginning of `text` with at most `most` bytes that ends between two characters. */
export function cutBytes(text: string, most: number, bytesOf: (text: string) => number): string {
  if (bytesOf(text) <= most) return text;
  let kept = '';
  let used = 0;
  for (const character of text) {
    used += bytesOf(character);
    if (used > most) break;
    kept += character;
  }
  return kept;
}

/** An emoji counts for two: networks count as UTF-16 does. */
function cutCharacters(text: string, most: number): string {
  return cutBytes(text, most, (part) => part.length);
}
