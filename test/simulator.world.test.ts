import { describe, expect, it } from 'vitest';
import { type CloudImage, type ImageEndpoint, STATUS } from '../src/simulator/image.ts';
import { createWorld, type World } from '../src/simulator/world.ts';

const START = new Date('2026-01-01T00:00:00Z');

function quietWorld(images = 0): World {
  return createWorld({ seed: 1, start: START, projects: ['ours', 'theirs'], images });
}

function listed(world: World, project_id: string, endpoint: ImageEndpoint): string[] {
  return world.listing(project_id, endpoint).map(({ image }) => image.image_id);
}

describe('a world', () => {
  it('is the same for the same seed and another for another', () => {
    const images = (seed: number) => [...createWorld({ seed, start: START, images: 50 }).all()];
    expect(images(1)).toEqual(images(1));
    expect(images(2)).not.toEqual(images(1));
  });

  it('starts with plausible images that are no part of its history', () => {
    const world = createWorld({ seed: 3, start: START, images: 500 });
    const images = [...world.all()];
    expect(images).toHaveLength(500);
    expect(world.history).toEqual([]);
    for (const image of images) {
      expect(image.image_id).toMatch(/^[0-9a-f]{32}$/);
      expect(image.image_name).toMatch(/^[a-z-]+-aosp\d+-v\d+$/);
      expect(image.image_size).toBeGreaterThanOrEqual(1e9);
      expect(image.image_size).toBeLessThanOrEqual(5e9);
      expect(Date.parse(image.create_time)).toBeLessThanOrEqual(START.getTime());
    }
    const types = world.listing(world.project_id, 'images').map(({ image_type }) => image_type);
    expect(types).toHaveLength(500);
    expect(new Set(types)).toEqual(new Set(['public', 'private', 'share']));
  });

  it('stands still unless it is told to move', () => {
    const world = quietWorld();
    world.advance(3_600_000);
    expect(world.history).toEqual([]);
    expect(world.now()).toEqual(new Date('2026-01-01T01:00:00Z'));
    world.advanceTo(START);
    expect(world.now()).toEqual(new Date('2026-01-01T01:00:00Z'));
  });

  it('does what was scheduled at its time and in order, whatever the step', () => {
    const world = quietWorld();
    const seen: string[] = [];
    const note = (text: string) => () => seen.push(`${text} ${world.now().toISOString().slice(14, 19)}`);
    world.schedule(new Date('2026-01-01T00:02:00Z'), note('late'));
    world.schedule(new Date('2026-01-01T00:01:00Z'), note('first'));
    world.schedule(new Date('2026-01-01T00:01:00Z'), note('second'));
    world.advance(59_999);
    expect(seen).toEqual([]);
    world.advance(3_600_000);
    expect(seen).toEqual(['first 01:00', 'second 01:00', 'late 02:00']);
  });
});

describe('a mutation', () => {
  it('stamps the time of change and keeps the time of creation', () => {
    const world = quietWorld();
    const { image_id, create_time } = world.create();
    world.advance(90_500);
    const finished = world.finish(image_id);
    expect(create_time).toBe('2026-01-01T00:00:00Z');
    expect(finished).toMatchObject({ create_time, update_time: '2026-01-01T00:01:30Z', status: 1 });
    expect(world.get(image_id)).toEqual(finished);
  });

  it('is in the history once for each project that sees the image', () => {
    const world = quietWorld();
    const { image_id } = world.create({ image_id: 'built' });
    world.advance(1000);
    world.finish(image_id);
    world.share(image_id, 'theirs');
    world.update(image_id, { image_name: 'renamed' });
    world.unshare(image_id, 'theirs');
    world.remove(image_id);
    const told = world.history.map(({ kind, project_id, from, to }) => [kind, project_id, from, to]);
    expect(told).toEqual([
      ['created', 'ours', null, 0],
      ['status_changed', 'ours', 0, 1],
      ['updated', 'ours', 1, 1],
      ['shared', 'theirs', null, 1],
      ['updated', 'ours', 1, 1],
      ['updated', 'theirs', 1, 1],
      ['updated', 'ours', 1, 1],
      ['unshared', 'theirs', 1, null],
      ['deleted', 'ours', 1, null],
    ]);
    expect(world.history.map(({ at }) => at.getTime() - START.getTime())).toEqual([
      0,
      ...Array(8).fill(1000),
    ]);
  });

  it('shows public images to every project and private ones to their own', () => {
    const world = quietWorld();
    world.create({ image_id: 'everyones', image_type: 'public' });
    world.create({ image_id: 'private', project_id: 'theirs', status: STATUS.usable });
    expect(listed(world, 'ours', 'images')).toEqual(['everyones']);
    expect(listed(world, 'theirs', 'images')).toEqual(['private', 'everyones']);
  });

  it('brings a removed image back as it was', () => {
    const world = quietWorld();
    world.create({ image_id: 'shared', image_type: 'share', src_project_id: 'outside' });
    const removed: CloudImage = world.remove('shared');
    expect(listed(world, 'ours', 'images')).toEqual([]);
    const { ordinal: _, ...restored } = world.create(removed);
    expect(removed).toMatchObject(restored);
    expect(world.listing('ours', 'images')).toMatchObject([{ image_type: 'share', image: restored }]);
  });

  it('refuses ids that are taken or unknown, and changes nothing', () => {
    const world = quietWorld();
    const image = world.create({ image_id: 'only' });
    expect(() => world.create({ image_id: 'only' })).toThrow(RangeError);
    expect(() => world.finish('missing')).toThrow(RangeError);
    expect(() => world.remove('missing')).toThrow(RangeError);
    expect([...world.all()]).toEqual([image]);
    expect(world.history).toHaveLength(1);
  });
});

describe('a listing', () => {
  it('is newest first, the later created first within a second', () => {
    const world = quietWorld();
    world.create({ image_id: 'old' });
    world.advance(2000);
    world.create({ image_id: 'new' });
    world.create({ image_id: 'newest' });
    world.update('old', { image_name: 'changed' });
    expect(listed(world, 'ours', 'images')).toEqual(['newest', 'new', 'old']);
  });

  it('offers for phones only what is usable, unless told otherwise', () => {
    const world = quietWorld();
    for (const image_id of ['creating', 'failed', 'usable', 'hidden']) world.create({ image_id });
    world.fail('failed');
    world.finish('usable');
    world.update('hidden', { listed_in: ['phone-images'] });
    expect(listed(world, 'ours', 'images')).toEqual(['usable', 'failed', 'creating']);
    expect(listed(world, 'ours', 'phone-images')).toEqual(['hidden', 'usable']);
  });

  it('is sorted once per change, not once per page', () => {
    const world = quietWorld(100);
    const first = world.listing('ours', 'images');
    expect(world.listing('ours', 'images')).toBe(first);
    world.create();
    expect(world.listing('ours', 'images')).toHaveLength(first.length + 1);
  });
});
