import type { Catalogue } from './catalogue.ts';
import { type HistoryEntry, historyOf } from './history.ts';
import { type CloudImage, STATUS, wholeSeconds } from './image.ts';
import type { NewImage, Population } from './population.ts';

/** Fields of an image that can be told to change. */
type ImageFields = Partial<Omit<CloudImage, 'image_id' | 'ordinal'>>;

/**
 * What can happen to an image. Each stamps `update_time` from the clock, unless the caller sets it. Each is
 * in the history before the call returns. All but `create` throw RangeError when there is no such image.
 */
export interface Mutations {
  /** Throws RangeError when the id is taken. */
  create(image?: NewImage): CloudImage;
  update(image_id: string, fields: ImageFields): CloudImage;
  finish(image_id: string): CloudImage;
  fail(image_id: string): CloudImage;
  share(image_id: string, project_id: string): CloudImage;
  unshare(image_id: string, project_id: string): CloudImage;
  /** Returns the image as it last was. */
  remove(image_id: string): CloudImage;
}

interface Ledger {
  readonly now: () => Date;
  readonly catalogue: Catalogue;
  readonly population: Population;
  readonly history: HistoryEntry[];
}

export function createMutations(ledger: Ledger): Mutations {
  const { catalogue, now, population } = ledger;

  function update(image_id: string, fields: ImageFields): CloudImage {
    const before = existing(catalogue, image_id);
    return record(ledger, before, { ...before, update_time: wholeSeconds(now()), ...fields });
  }

  return {
    create(fields = {}) {
      const image = population.newcomer(fields, now());
      if (catalogue.get(image.image_id)) throw new RangeError(`image ${image.image_id} exists already`);
      return record(ledger, null, image);
    },
    update,
    finish: (image_id) => update(image_id, { status: STATUS.usable }),
    fail: (image_id) => update(image_id, { status: STATUS.failed }),
    share(image_id, project_id) {
      const { shared_with } = existing(catalogue, image_id);
      return update(image_id, { shared_with: [...new Set([...shared_with, project_id])] });
    },
    unshare(image_id, project_id) {
      const { shared_with } = existing(catalogue, image_id);
      return update(image_id, { shared_with: shared_with.filter((other) => other !== project_id) });
    },
    remove(image_id) {
      const image = existing(catalogue, image_id);
      record(ledger, image, null);
      return image;
    },
  };
}

function existing(catalogue: Catalogue, image_id: string): CloudImage {
  const image = catalogue.get(image_id);
  if (!image) throw new RangeError(`there is no image ${image_id}`);
  return image;
}

function record(ledger: Ledger, before: CloudImage | null, after: CloudImage): CloudImage;
function record(ledger: Ledger, before: CloudImage, after: null): null;
function record(ledger: Ledger, before: CloudImage | null, after: CloudImage | null): CloudImage | null {
  if (after) ledger.catalogue.put(after);
  else if (before) ledger.catalogue.remove(before.image_id);
  ledger.history.push(...historyOf({ before, after, at: ledger.now() }, ledger.population.projects));
  return after;
}
