import { describe, expect, test } from 'vitest';
import { cutBytes, messageOf } from '../src/delivery/smn-message.ts';
import type { ToldAlert } from '../src/store/alerts.ts';

const alert = (summary: string, description = 'What to do about it.'): ToldAlert => ({
  fingerprint: summary,
  labels: {},
  annotations: { summary, description },
  starts_at: new Date('2026-08-01T12:00:00Z'),
});
const many = (count: number, summary = 'Image a has failed') =>
  Array.from({ length: count }, (_, n) => alert(`${summary} ${n}`, 'x'.repeat(300)));
const NONE = { begun: [], ended: [], passed: [] };
const bytes = (text: string) => Buffer.byteLength(text);

describe('a message', () => {
  test('of one alert is about that alert', () => {
    expect(messageOf({ ...NONE, begun: [alert('Image v53 has failed')] })).toEqual({
      subject: 'Image v53 has failed',
      texts: {
        default: '1 alert began.\n\nBegan: Image v53 has failed\nWhat to do about it.\n',
        sms: 'Image v53 has failed',
      },
    });
    const over = messageOf({ ...NONE, ended: [alert('Image v53 has failed')] });
    expect(over.subject).toBe('Over: Image v53 has failed');
    expect(over.texts.default).toContain('Ended: Image v53 has failed (since 2026-08-01T12:00:00.000Z)');
  });

  test('of several counts them, news first', () => {
    const { subject, texts } = messageOf({
      begun: [alert('b1'), alert('b2')],
      ended: [alert('e1')],
      passed: [alert('p1')],
    });
    expect(subject).toBe('Cloud phone images: 2 alerts began, 1 alert ended, 1 alert began and ended');
    expect(texts.default.match(/(?:Began|Ended|Began and ended): \w\d/g)).toEqual([
      'Began: b1',
      'Began: b2',
      'Ended: e1',
      'Began and ended: p1',
    ]);
    expect(texts.sms).toMatch(/^CPH: 2 alerts began, .*\. b1\. b2\. Over: e1$/);
    expect(texts.email).toBeUndefined();
  });
});

describe('limits', () => {
  test.each([
    ['ASCII', 'a'.repeat(600), 512],
    ['three bytes each', '镜'.repeat(300), 510],
    ['four bytes each', '🐼'.repeat(200), 512],
    ['a mixture', `a${'🐼'.repeat(200)}`, 509],
  ])('a subject of %s is cut to at most 512 bytes, between characters', (_case, summary, expected) => {
    const { subject } = messageOf({ ...NONE, begun: [alert(summary)] });
    expect(bytes(subject)).toBe(expected);
    expect(summary.startsWith(subject)).toBe(true);
  });

  test.each([
    ['512 bytes', 'a'.repeat(512)],
    ['fewer', 'ä'],
    ['none', ''],
  ])('what has %s stays whole', (_case, text) => {
    expect(cutBytes(text, 512, bytes)).toBe(text);
  });

  test.each([
    ['plain', 'Image a has failed'],
    ['Chinese', '镜像构建失败'.repeat(30)],
    ['full of quotes', '"\\'.repeat(120)],
  ])(
    'thousands of alerts (%s) fit: robots get 20,000 bytes, e-mails more, all together 256 KB',
    (_case, summary) => {
      const begun = many(3_000, summary);
      const { texts } = messageOf({ ...NONE, begun });
      expect(bytes(texts.default)).toBeLessThanOrEqual(20_000);
      expect(bytes(JSON.stringify(texts.default))).toBeGreaterThan(18_000);
      expect(bytes(texts.email ?? '')).toBeGreaterThan(100_000);
      expect(bytes(JSON.stringify(texts))).toBeLessThanOrEqual(256 * 1024);
      const told = texts.email?.match(/^Began: /gm)?.length ?? 0;
      expect(texts.email).toContain(`And ${3_000 - told} more: cph-inventory status.`);
    },
  );

  test('a short message has at most 490 characters, and no square brackets', () => {
    const { texts } = messageOf({ ...NONE, begun: [alert(`[v53] 【测试】${'🐼'.repeat(400)}`), alert('b')] });
    expect(texts.sms.length).toBeLessThanOrEqual(490);
    expect(texts.sms).toContain('(v53) (测试)');
    expect(Buffer.from(texts.sms).toString()).toBe(texts.sms);
  });
});
