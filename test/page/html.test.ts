import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { html } from '../../src/page/html/html.ts';

describe('templates', () => {
  test('remove indentation between elements, and keep spaces in text', () => {
    const list = html`<ul>
      ${[1, 2].map((n) => html`<li>${n}</li>`)}
    </ul>`;
    assert.equal(String(list), '<ul><li>1</li><li>2</li></ul>');
    assert.equal(
      String(
        html`<p>
          One line
          <a href="x">and</a> another.
        </p>`,
      ),
      '<p> One line <a href="x">and</a> another. </p>',
    );
  });

  test('omit empty values', () => {
    assert.equal(String(html`<p>${null}${undefined}${false}${''}</p>`), '<p></p>');
  });
});
