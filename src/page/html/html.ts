import { html as tagged } from 'hono/html';

/** Escaped markup; any other value is escaped when it is inserted. */
export type Html = Extract<ReturnType<typeof tagged>, string>;

/** Allowed values in a template. No objects and no promises: the compiler finds such mistakes. */
export type Value = string | number | boolean | null | undefined | Html | readonly Value[];

/**
 * The page's templates: Hono's tagged templates, which escape values. Not JSX: Node runs `.ts` files directly, but not
 * `.tsx`, and calls of `jsx()` are harder to read than HTML. Line breaks and indentation between elements are removed.
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
