/** Hands over one after the other what comes in bursts. */
export interface Queue<Item> extends AsyncIterable<Item> {
  push: (item: Item) => void;
  /** What waits is dropped; whoever iterates is let go. */
  end: () => void;
}

/** Ends by itself when more than `limit` items wait: whoever takes them is too slow, or gone. */
export function createQueue<Item>(limit: number): Queue<Item> {
  const items: Item[] = [];
  let ended = false;
  let wake: (() => void) | undefined;
  const end = () => {
    ended = true;
    items.length = 0;
    wake?.();
  };
  return {
    end,
    push: (item) => {
      if (ended) return;
      items.push(item);
      if (items.length > limit) end();
      else wake?.();
    },
    async *[Symbol.asyncIterator]() {
      for (;;) {
        if (ended) return;
        const item = items.shift();
        if (item !== undefined) yield item;
        else await new Promise<void>((resolve) => (wake = resolve));
      }
    },
  };
}
