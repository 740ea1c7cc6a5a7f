import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { describe, test } from 'node:test';
import { parseConfig } from '../../src/config/index.ts';
import { proxyFor } from '../../src/config/proxy.ts';

type Env = Record<string, string>;

const NTFY = 'https://ntfy.example.org/downloads';
const PROXY = 'http://proxy.example.org:3128';

/** Host and URL of the proxy; `null` without one. */
function proxyOf(env: Env): [host: string, url: string] | null {
  const parsed = parseConfig({ NTFY_TOPIC: NTFY, ...env });
  assert.ok(parsed.ok, parsed.ok ? '' : parsed.message);
  const { proxy } = parsed.config.ntfy;
  return proxy === undefined ? null : [proxy.host, proxy.url.reveal()];
}

const taken = ['proxy.example.org:3128', `${PROXY}/`];

const exempt = (list: string, topic = NTFY) =>
  proxyOf({ HTTPS_PROXY: PROXY, HTTP_PROXY: PROXY, NO_PROXY: list, NTFY_TOPIC: topic }) === null;

const messageOf = (env: Env) => {
  const parsed = parseConfig({ NTFY_TOPIC: NTFY, ...env });
  assert.ok(!parsed.ok);
  return parsed.message;
};

const by = (node: string) => proxyFor(NTFY, 'http://localhost:8080', { HTTPS_PROXY: PROXY }, node);

describe('the proxy for ntfy', () => {
  test("is the one of the URL's scheme; the lower-case variable has precedence, and an empty one is not set", () => {
    const http = { NTFY_TOPIC: 'http://ntfy.example.org/downloads' };
    assert.equal(proxyOf({}), null);
    assert.deepEqual(proxyOf({ HTTPS_PROXY: PROXY }), taken);
    assert.deepEqual(proxyOf({ https_proxy: PROXY, HTTPS_PROXY: 'http://other:1' }), taken);
    assert.deepEqual(proxyOf({ https_proxy: '', HTTPS_PROXY: PROXY }), taken);
    assert.equal(proxyOf({ HTTP_PROXY: PROXY }), null);
    assert.deepEqual(proxyOf({ ...http, http_proxy: PROXY }), taken);
    assert.equal(proxyOf({ ...http, HTTPS_PROXY: PROXY }), null);
  });

  test('may omit its scheme and its port', () => {
    assert.deepEqual(proxyOf({ HTTPS_PROXY: 'proxy.example.org:3128' }), taken);
    assert.equal(proxyOf({ HTTPS_PROXY: 'https://proxy.example.org' })?.[0], 'proxy.example.org:443');
    assert.equal(proxyOf({ HTTPS_PROXY: 'http://[2001:db8::1]' })?.[0], '[2001:db8::1]:80');
  });

  test('is never used for this machine, or for qBittorrent', () => {
    const all = { HTTPS_PROXY: PROXY, HTTP_PROXY: PROXY };
    const here = ['localhost', '127.0.0.1:2586', '[::1]:2586', '127.0.1.1', 'localhost.', 'a.localhost'];
    for (const host of [...here, '0.0.0.0', '[::]'])
      assert.equal(proxyOf({ ...all, NTFY_TOPIC: `http://${host}/downloads` }), null, host);
    for (const host of ['notlocalhost', '128.0.0.1', '127.example.org'])
      assert.deepEqual(proxyOf({ ...all, NTFY_TOPIC: `http://${host}/downloads` }), taken, host);
    assert.equal(proxyOf({ ...all, QBIT_HOST: 'http://ntfy.example.org:8080' }), null);
    assert.deepEqual(proxyOf({ ...all, QBIT_HOST: 'http://qbt.example.org:8080' }), taken);
  });

  test('is shown only with its host', () => {
    const parsed = parseConfig({ NTFY_TOPIC: NTFY, HTTPS_PROXY: 'http://planted:planted@proxy:3128' });
    assert.ok(parsed.ok);
    assert.equal(parsed.config.ntfy.proxy?.url.reveal(), 'http://planted:planted@proxy:3128/');
    assert.doesNotMatch(JSON.stringify(parsed) + inspect(parsed, { depth: 9 }), /planted/);
  });
});

describe('NO_PROXY', () => {
  test('names hosts, their subdomains, and their ports', () => {
    for (const list of [
      '*',
      'ntfy.example.org',
      'a, Example.ORG',
      '.example.org',
      '*.example.org',
      'x example.org:443',
    ])
      assert.equal(exempt(list), true, list);
    for (const list of [
      '',
      'le.org',
      'other.example.org',
      'ntfy.example.org:80',
      'ntfy.example.or',
      '.',
      '10.0.0.0/8',
    ])
      assert.equal(exempt(list), false, list);
  });

  test('names addresses and networks', () => {
    const at = 'https://10.1.2.3/downloads';
    for (const list of ['10.1.2.3', '10.1.2.3:443', '10.0.0.0/8', 'x,10.1.2.0/24'])
      assert.equal(exempt(list, at), true, list);
    for (const list of ['10.1.2.4', '10.1.3.0/24', '10.0.0.0/33', '10.0.0.0/x', '.3', '2001:db8::/32'])
      assert.equal(exempt(list, at), false, list);
    const six = 'https://[2001:db8::5]/downloads';
    for (const list of ['2001:db8::5', '[2001:db8::5]:443', '2001:db8::/32'])
      assert.equal(exempt(list, six), true, list);
    assert.equal(exempt('2001:db9::/32', six), false);
  });

  test('accepts names with non-ASCII characters', () => {
    const topic = 'https://ntfy.bücher.example/downloads';
    assert.equal(exempt('bücher.example', topic), true);
    assert.equal(exempt('xn--bcher-kva.example', topic), true);
    assert.equal(exempt('bucher.example', topic), false);
  });

  test('is also read in lower case', () => {
    assert.equal(proxyOf({ HTTPS_PROXY: PROXY, no_proxy: 'example.org', NO_PROXY: 'x' }), null);
  });
});

describe('an invalid proxy', () => {
  test('is a configuration problem, whose message does not contain the value', () => {
    for (const value of [
      'socks5://planted@proxy:1080',
      'http://planted:%zz@proxy',
      'http://',
      'http://planted:x:y',
    ])
      for (const name of ['HTTPS_PROXY', 'https_proxy']) {
        const message = messageOf({ [name]: value });
        assert.match(message, /HTTPS_PROXY must be the address of a proxy[^]*Example: HTTPS_PROXY=http:/);
        assert.doesNotMatch(message, /planted/);
      }
  });

  test('is not a problem when no proxy is used', () => {
    assert.equal(proxyOf({ HTTP_PROXY: 'socks5://proxy' }), null);
    assert.equal(proxyOf({ HTTPS_PROXY: 'socks5://proxy', NO_PROXY: '*' }), null);
  });

  test('is any proxy where Node.js is older than 24.5', () => {
    for (const node of ['24.0.0', '24.4.1'])
      assert.deepEqual(by(node), {
        problem: { name: 'HTTPS_PROXY', message: `requires Node.js 24.5 or later; this is ${node}` },
      });
    for (const node of ['24.5.0', '25.0.0']) assert.ok('proxy' in by(node));
  });
});
