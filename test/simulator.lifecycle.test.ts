import { describe, expect, it } from 'vitest';
import type { HistoryEntry } from '../src/simulator/history.ts';
import { STATUS } from '../src/simulator/image.ts';
import type { LifeRates } from '../src/simulator/lifecycle.ts';
import { createWorld, type World } from '../src/simulator/world.ts';

const START = new Date('2026-01-01T00:00:00Z');
const HOUR = 3_600_000;

function livelyWorld(life: Partial<LifeRates> = {}, seed = 7): World {
  return createWorld({ seed, start: START, projects: ['ours', 'theirs'], images: 30, life });
}

function kinds(history: readonly HistoryEntry[]): Set<string> {
  return new Set(history.map(({ kind }) => kind));
}

describe('life', () => {
  it('is the same for the same seed, in one step or in many', () => {
    const once = livelyWorld();
    once.advance(24 * HOUR);
    const often = livelyWorld();
    for (let step = 0; step < 24 * 60; step++) often.advance(HOUR / 60);
    expect(once.history.length).toBeGreaterThan(100);
    expect(often.history).toEqual(once.history);
    expect([...often.all()]).toEqual([...once.all()]);

    const other = livelyWorld({}, 8);
    other.advance(24 * HOUR);
    expect(other.history).not.toEqual(once.history);
  });

  it('has everything happen that can', () => {
    const world = livelyWorld();
    world.advance(48 * HOUR);
    expect(kinds(world.history)).toEqual(
      new Set(['created', 'status_changed', 'updated', 'shared', 'unshared', 'deleted']),
    );
    const outcomes = world.history.filter(({ kind }) => kind === 'status_changed').map(({ to }) => to);
    expect(new Set(outcomes)).toEqual(new Set([STATUS.usable, STATUS.failed]));
  });

  it('tells of every change by the hour it happened', () => {
    const world = livelyWorld();
    world.advance(12 * HOUR);
    const times = world.history.map(({ at }) => at.getTime());
    expect(times).toEqual(times.toSorted((left, right) => left - right));
    expect(times[0]).toBeGreaterThan(START.getTime());
    expect(times.at(-1)).toBeLessThanOrEqual(START.getTime() + 12 * HOUR);
  });

  it('takes an image the time told to be made, and lets the share told fail', () => {
    const creatingFor = [60_000, 120_000] as const;
    const world = livelyWorld({ creatingFor, failureShare: 1, removeEvery: 1e12 });
    world.advance(24 * HOUR);
    const begun = new Map<string, number>();
    for (const { image_id, from, to, at } of world.history) {
      if (from === null && to === STATUS.creating) begun.set(image_id, at.getTime());
      if (from !== STATUS.creating) continue;
      expect(to).toBe(STATUS.failed);
      const took = at.getTime() - (begun.get(image_id) ?? Number.NaN);
      expect(took).toBeGreaterThanOrEqual(60_000);
      expect(took).toBeLessThanOrEqual(120_000);
    }
    expect(begun.size).toBeGreaterThan(20);
  });

  it('is watchable at speed 150: some changes every ten seconds or so', () => {
    const world = createWorld({ seed: 1, start: START, images: 20, life: { speed: 150 } });
    world.advance(10 * 60_000);
    const perTenSeconds = world.history.length / 60;
    expect(perTenSeconds).toBeGreaterThan(2);
    expect(perTenSeconds).toBeLessThan(10);
  });

  it('leaves the last private images standing', () => {
    const world = createWorld({
      seed: 1,
      start: START,
      life: { createEvery: 1e12, shareEvery: 1e12, publishEvery: 1e12, keep: 2 },
    });
    for (let made = 0; made < 5; made++) world.create({ status: STATUS.usable });
    world.advance(48 * HOUR);
    expect([...world.all()]).toHaveLength(2);
  });

  it('does not touch an image that was finished or removed by hand while it was being made', () => {
    const world = livelyWorld({ removeEvery: 1e12, creatingFor: [5 * HOUR, 5 * HOUR], failureShare: 1 });
    const begun = () => world.history.filter(({ to }) => to === STATUS.creating);
    while (begun().length < 3) world.advance(1000);
    const [finished = '', removed = '', left = ''] = begun().map(({ image_id }) => image_id);
    world.finish(finished);
    world.remove(removed);
    world.advance(6 * HOUR);
    expect(world.get(finished)?.status).toBe(STATUS.usable);
    expect(world.get(removed)).toBeUndefined();
    expect(world.get(left)?.status).toBe(STATUS.failed);
  });
});
