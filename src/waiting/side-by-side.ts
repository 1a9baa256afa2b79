import pMap, { pMapSkip } from 'p-map';

/** Enough that answers on their way are not waited for one by one, and little beside what an API or a pool of connections bears. */
const AT_ONCE = 4;

/**
 * What `work` makes of each item, in their order, four at once. Rejects with the first error there was, once nothing is under
 * way any more.
 */
export async function sideBySide<Item, Made>(
  items: readonly Item[],
  work: (item: Item) => Promise<Made>,
): Promise<Made[]> {
  const errors: unknown[] = [];
  const unlessFailed = async (item: Item): Promise<Made | typeof pMapSkip> => {
    if (errors.length > 0) return pMapSkip;
    return await work(item).catch((error: unknown): typeof pMapSkip => {
      errors.push(error);
      return pMapSkip;
    });
  };
  const made = await pMap(items, unlessFailed, { concurrency: AT_ONCE });
  if (errors.length > 0) throw errors[0];
  return made;
}
