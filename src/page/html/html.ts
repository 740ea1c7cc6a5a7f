import { html as tagged } from 'hono/html';

/** Text that is markup already; everything else is escaped where it stands. */
export type Html = Extract<ReturnType<typeof tagged>, string>;

/** What may stand in a template. Neither objects nor promises: a mistake shows when it is compiled. */
export type Value = string | number | boolean | null | undefined | Html | readonly Value[];

/**
 * The page's templates: Hono's tagged ones, which escape by themselves. Not its JSX: Node runs `.ts` as it is, but
 * not `.tsx`, and calls of `jsx()` by hand are harder to read than HTML. Line breaks and indentation are for whoever
 * reads the source: between elements nothing is left of them.
 *
 * @example html`<b>${name}</b>`
 */
export function html(strings: TemplateStringsArray, ...values: readonly Value[]): Html {
  let squeezed = cache.get(strings);
  if (squeezed === undefined) cache.set(strings, (squeezed = strings.map(squeeze)));
  return tag(squeezed, ...values);
}

const cache = new WeakMap<TemplateStringsArray, readonly string[]>();

/** None of the values is a promise, so the result is none. */
const tag = tagged as unknown as (strings: readonly string[], ...values: readonly Value[]) => Html;

function squeeze(text: string): string {
  return text
    .replaceAll(/(?<=>)\s*\n\s*(?=<)/g, '')
    .replaceAll(/^\s*\n\s*(?=<)|(?<=>)\s*\n\s*$/g, '')
    .replaceAll(/\s*\n\s*/g, ' ');
}
