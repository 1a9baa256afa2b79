import pMap from 'p-map';

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
  const made = await pMap(
    items,
    async (item) => {
      if (errors.length > 0) return [];
      try {
        return [await work(item)];
      } catch (error) {
        errors.push(error);
        return [];
      }
    },
    { concurrency: AT_ONCE },
  );
  if (errors.length > 0) throw errors[0];
  return made.flat() as Made[];
}
