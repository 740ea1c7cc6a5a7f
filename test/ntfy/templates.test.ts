/** Templates of rules: the fields are data, and the results are within ntfy's limits. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { renderMessageText, renderTitle, renderUrl } from '../../src/ntfy/templates.ts';
import { TEMPLATE_FIELD_NAMES } from '../../src/ntfy/template-fields.ts';
import type { TemplateFieldName } from '../../src/ntfy/template-fields.ts';
import { decodeWords } from '../../src/simulator/ntfy/params.ts';
import { hostileNames } from './cards.ts';

const bytes = (text: string | null) => Buffer.byteLength(text ?? '');

/** Each field has this value; the others have their own name. */
const reading =
  (values: Partial<Record<TemplateFieldName, string>>) =>
  (name: TemplateFieldName): string =>
    values[name] ?? `<${name}>`;

describe('a template', () => {
  test('is text in which each field is replaced, with or without blanks in the brackets', () => {
    const all = TEMPLATE_FIELD_NAMES.map((name) => `{{${name}}}`).join(' ');
    const expected = TEMPLATE_FIELD_NAMES.map((name) => `<${name}>`).join(' ');
    assert.equal(renderMessageText(all, reading({})), expected);
    assert.equal(renderTitle('{{ name }}: {{size}}, {{size}}', reading({})), '<name>: <size>, <size>');
  });

  test('is replaced in one pass: a value that looks like a field is shown as it is', () => {
    const read = reading({ name: '{{size}}', category: '{{', tags: 'name', path: '}}', size: '4 GB' });
    assert.equal(renderTitle('{{name}} {{size}}', read), '{{size}} 4 GB');
    assert.equal(renderMessageText('{{category}}{{tags}}{{path}}', read), '{{name}}');
    assert.equal(renderTitle('{{{{name}}}}', read), '{{{{size}}}}');
  });

  test('is not a pattern of replacement', () => {
    for (const name of ["$&$1$'$`$$", '\\1', '%s', '${size}', '__proto__'])
      assert.equal(renderTitle('a {{name}} b', reading({ name })), `a ${name} b`);
  });

  test('reads only the fields that it contains, each once', () => {
    const read: string[] = [];
    renderTitle('{{ratio}} {{rule}} {{ratio}}', (name) => {
      read.push(name);
      return 'x';
    });
    assert.deepEqual(read, ['ratio', 'rule']);
  });

  test('keeps what is no field', () => {
    for (const text of ['{{}}', '{{unknown}}', '{{constructor}}', '{name}', '{{ name', '{{na me}}'])
      assert.equal(renderTitle(text, reading({})), text);
  });
});

describe('a value in a text', () => {
  test('is one line without control characters: the lines are those of the template', () => {
    const read = reading({ name: 'a\nb\0\u202ec\r\n\u2028d' });
    assert.equal(renderMessageText('1 {{name}}\n2 {{name}}', read), '1 a b c d\n2 a b c d');
    assert.equal(renderTitle('{{name}}\n{{name}}', read), 'a b c d a b c d');
  });

  test('never becomes an encoded word that ntfy decodes, also not together with its surroundings', () => {
    const read = reading({ name: '=?utf-8?q?=41?=', path: 'utf-8?q?=41?=' });
    for (const text of [
      renderTitle('{{name}}', read),
      renderTitle('=?{{path}}', read),
      renderMessageText('x\n=?{{path}}\n{{name}}', read),
    ])
      assert.equal(decodeWords(text ?? ''), text);
  });
});

describe('a text of which nothing is visible', () => {
  test('is not used', () => {
    for (const name of ['', ' ', '\0', '\u202e', '\u200b']) {
      assert.equal(renderTitle('{{name}}', reading({ name })), null);
      assert.equal(renderMessageText(' {{name}}\n{{name}} ', reading({ name })), null);
    }
  });
});

const click = (template: string, values: Partial<Record<TemplateFieldName, string>> = {}) =>
  renderUrl(template, reading(values));

describe('a URL', () => {
  test('has its values percent-encoded', () => {
    const name = 'A & B/C?d=#ü "日"\n.iso';
    const encoded = 'A%20%26%20B%2FC%3Fd%3D%23%C3%BC%20%22%E6%97%A5%22%20.iso';
    for (const [before, after] of [
      ['https://jellyfin.example/search/', ''],
      ['http://box:8096/?q=', '&x=1'],
      ['https://jellyfin.example/web/#/search?query=', ''],
    ])
      assert.equal(click(`${before}{{name}}${after}`, { name }), `${before}${encoded}${after}`);
  });

  test('without a field is as it is', () => {
    assert.equal(click('https://jellyfin.example'), 'https://jellyfin.example/');
    assert.equal(click('HTTPS://example.org/a b'), 'https://example.org/a%20b');
  });

  test('shows a value that looks like a field or is encoded already as it is', () => {
    const url = click('https://x.example/?q={{name}}', { name: '{{size}}%2f' });
    assert.equal(url, 'https://x.example/?q=%7B%7Bsize%7D%7D%252f');
  });

  test('is http or https', () => {
    for (const template of [
      'javascript:alert(1)//{{name}}',
      'ntfy://x/{{name}}',
      'intent://scan/#Intent;end',
      'file:///etc/{{name}}',
      'data:text/html,{{name}}',
      '//x.example/{{name}}',
      '/{{name}}',
      'x.example/{{name}}',
      '{{name}}',
      'https://',
      '',
    ])
      assert.equal(click(template, { name: 'https://evil.example/' }), null, template);
  });

  test('has the host of its template: no value can change it', () => {
    for (const template of [
      'https://{{name}}/',
      'https://{{name}}',
      'https://x.example{{name}}',
      'https://x{{name}}.example/',
      'https://x.example:{{name}}/',
      'http{{name}}://x.example/',
      'https://x.example\\{{name}}',
    ])
      for (const name of ['evil.example', '.evil.example', '@evil.example', '8080', 's', '/evil.example'])
        assert.equal(click(template, { name }), null, `${template} of ${name}`);
  });

  test('has the path of its template: a torrent named .. leads nowhere else', () => {
    for (const name of ['.', '..', '%2e%2e'])
      for (const template of ['https://x.example/a/{{name}}', 'https://x.example/a/b/{{name}}/c']) {
        const url = click(template, { name });
        assert.ok(url === null || url.startsWith('https://x.example/a/'), `${template}: ${url}`);
      }
    assert.equal(click('https://x.example/a/{{name}}', { name: '..' }), null);
  });

  test('that is too long is not used', () => {
    assert.equal(click(`https://x.example/${'a'.repeat(2000)}`), null);
    assert.equal(click(`https://x.example/${'{{name}}'.repeat(20)}`, { name: '日'.repeat(100) }), null);
    assert.equal(bytes(click('https://x.example/{{name}}', { name: 'a'.repeat(10_240) })), 18 + 255);
  });
});

test('500 hostile names stay within the limits of ntfy, wherever a template has them', () => {
  const title = '{{name}} {{path}} {{name}}';
  const message = `${'{{name}}\n'.repeat(30)}{{path}}`;
  for (const [index, name] of hostileNames(500, 11).entries()) {
    const read = reading({ name, path: name });
    const card = {
      title: renderTitle(title, read) ?? '',
      message: renderMessageText(message, read) ?? '',
      click: renderUrl('https://x.example/?q={{name}}&p={{path}}', read) ?? '',
      icon: renderUrl('https://x.example/{{path}}.png', read) ?? '',
    };
    const where = `name ${index}`;
    assert.ok(bytes(card.title) <= 200 && bytes(card.message) <= 1500, where);
    assert.ok(bytes(JSON.stringify(card)) < 8192 - 400, where);
    assert.ok(!card.title.includes('\n'), where);
    assert.doesNotMatch(card.message, /[^\n\P{Cc}]|[\u2028\u2029\u202a-\u202e\u2066-\u2069]/u, where);
    assert.match(card.click, /^(?:https:\/\/x\.example\/\?q=[\x21-\x7e]*)?$/, where);
    assert.match(card.icon, /^(?:https:\/\/x\.example\/[\x21-\x7e]*)?$/, where);
  }
});
