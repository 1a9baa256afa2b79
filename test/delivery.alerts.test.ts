import { describe, expect, test } from 'vitest';
import { offer } from '../src/delivery/alertmanager-offer.ts';
import { type AlertNews, compareAlerts, RESEND_MS } from '../src/delivery/alerts.ts';
import { type Alert, alertOf, labelText } from '../src/delivery/alerts-text.ts';
import type { OpenAlert, ToldAlert } from '../src/store/alerts.ts';

const MINUTE = 60_000;
const NOW = new Date('2026-01-01T12:00:00Z');
const ago = (ms: number) => new Date(NOW.getTime() - ms);

function alert(image_id: string): Alert {
  const names = {
    project_id: 'p1',
    project_name: null,
    region: 'eu-west-101',
    image_id,
    image_name: image_id,
    missing_since: null,
  };
  return alertOf({ alert: 'CphImageFailed', ...names, since: ago(2 * MINUTE) });
}

function open(image_id: string, last_sent_at: Date): OpenAlert {
  return { fingerprint: alert(image_id).fingerprint, starts_at: ago(3 * MINUTE), last_sent_at };
}

describe('what an Alertmanager has to be told', () => {
  const ids = (alerts: readonly ToldAlert[]) => alerts.map(({ labels }) => labels.image_id);
  const told = ({ fresh, ended, due }: AlertNews) => ({
    fresh: ids(fresh),
    due: ids(due),
    ended: ended.map((fingerprint) => JSON.parse(fingerprint).image_id),
  });

  test('what is new, what is over, and what was last sent a minute ago', () => {
    const known = [
      open('fresh enough', ago(RESEND_MS - 1)),
      open('due', ago(RESEND_MS)),
      open('over', ago(1)),
    ];
    const news = compareAlerts([alert('fresh enough'), alert('due'), alert('new')], known, NOW);
    expect(told(news)).toEqual({ fresh: ['new'], ended: ['over'], due: ['due'] });
  });

  test('nothing, when nothing has changed', () => {
    const news = compareAlerts([alert('i1')], [open('i1', NOW)], NOW);
    expect(told(news)).toEqual({ fresh: [], ended: [], due: [] });
  });

  test('an alert sent in what is now the future, because a clock was set back', () => {
    const news = compareAlerts([alert('i1')], [open('i1', ago(-60 * MINUTE))], NOW);
    expect(told(news)).toEqual({ fresh: [], ended: [], due: ['i1'] });
  });

  test('a repeated alert keeps its start, and none starts in the future', () => {
    const known = [open('known', ago(RESEND_MS))];
    const news = compareAlerts([alert('known'), alert('new')], known, ago(2.5 * MINUTE));
    expect(news.due).toMatchObject([{ starts_at: ago(3 * MINUTE) }]);
    expect(news.fresh).toMatchObject([{ starts_at: ago(2.5 * MINUTE) }]);
  });

  test('two troubles under the same labels are one alert', () => {
    expect(told(compareAlerts([alert('i1'), alert('i1')], [], NOW)).fresh).toEqual(['i1']);
  });
});

describe('the text of a label', () => {
  test.each([
    [null, '(unnamed)'],
    [' \t ', '(unnamed)'],
    ['a\u0000b\r\nc', 'a b c'],
    ['a  b', 'a  b'],
    ['half a pair \ud83d', 'half a pair'],
  ])('%j is told as %j', (text, label) => {
    expect(labelText(text)).toBe(label);
  });

  test('is cut between characters', () => {
    const text = labelText('📱'.repeat(300));
    expect(Array.from(text)).toHaveLength(256);
    expect(Buffer.from(text).toString()).toBe(text);
  });
});

describe('a request that is refused', () => {
  const failed = { kind: 'failed', error: 'gone', retry_after_ms: 7, doubtful: false } as const;
  const numbers = Array.from({ length: 500 }, (_, n) => n);

  test('is halved until the one at fault stands alone', async () => {
    let requests = 0;
    const offered = await offer(numbers, async (part) => {
      requests += 1;
      return part.includes(321) ? { kind: 'refused', error: 'bad' } : { kind: 'accepted' };
    });
    expect(offered).toMatchObject({ refused: [321], refusal: { error: 'bad' }, failure: null });
    expect([...offered.accepted].sort((a, b) => a - b)).toEqual(numbers.filter((n) => n !== 321));
    expect(requests).toBeLessThanOrEqual(21);
  });

  test('tells what was accepted before the receiver failed', async () => {
    const offered = await offer([1, 2, 3, 4], async (part) => {
      if (part.includes(4)) return part.length > 2 ? { kind: 'refused', error: 'bad' } : failed;
      return { kind: 'accepted' };
    });
    expect(offered).toEqual({
      accepted: [1, 2],
      refused: [],
      refusal: { event_seq: null, error: 'bad', retry_after_ms: null, doubtful: false },
      failure: { event_seq: null, error: 'gone', retry_after_ms: 7, doubtful: false },
    });
  });
});
