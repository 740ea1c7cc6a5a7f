/** A queue that is read as an async iterable. */
export interface Queue<Item> extends AsyncIterable<Item> {
  push: (item: Item) => void;
  /** Drops the waiting items and ends the iteration. */
  end: () => void;
}

/** Ends when more than `limit` items wait: the reader is too slow or disconnected. */
export function createQueue<Item>(limit: number): Queue<Item> {
  const items: Item[] = [];
  let ended = false;
  let resume: (() => void) | undefined;
  const end = () => {
    ended = true;
    items.length = 0;
    resume?.();
  };
  return {
    end,
    push: (item) => {
      if (ended) return;
      items.push(item);
      if (items.length > limit) end();
      else resume?.();
    },
    async *[Symbol.asyncIterator]() {
      for (;;) {
        if (ended) return;
        const item = items.shift();
        if (item !== undefined) yield item;
        else await new Promise<void>((resolve) => (resume = resolve));
      }
    },
  };
}
