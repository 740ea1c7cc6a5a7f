import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { hookLine, obstacleTo, readLine, splitCommand } from '../../src/hooks/index.ts';
import type { Tool } from '../../src/hooks/index.ts';
import { secret } from '../../src/util/secret.ts';

const url = 'http://localhost:9090';

test('the generated line is the one in the README', () => {
  assert.equal(
    hookLine({ slot: 'added', url, tool: 'curl', placeholder: '%K', token: null }),
    'curl -q -fsS -m 5 --noproxy * -X POST "http://localhost:9090/track?hash=%K"',
  );
});

for (const tool of ['curl', 'wget'] satisfies Tool[]) {
  for (const slot of ['added', 'finished'] as const) {
    for (const token of [null, 'a-token']) {
      for (const wasOn of [false, true]) {
        test(`the generated line for ${tool} with ${slot}${token ? ', with a token' : ''}${wasOn ? ', in a slot that was enabled' : ''} is read back`, () => {
          const line = hookLine({ slot, url, tool, placeholder: '%K', token, wasOn });
          const expected = { kind: 'ours', tool, program: tool, url, slot, placeholder: '%K', token, wasOn };
          assert.deepEqual(readLine(line), {
            ...expected,
            posts: true,
            direct: true,
            hasMore: false,
            operators: false,
          });
        });
      }
    }
  }
}

describe('lines that users wrote', () => {
  const ours: Array<[line: string, differs: Record<string, unknown>]> = [
    ['curl -X POST "http://localhost:9090/track?hash=%I"', { placeholder: '%I' }],
    ['curl -XPOST http://localhost:8000/track?hash=%K', { url: 'http://localhost:8000' }],
    [
      '/usr/bin/curl --request POST --max-time 5 "http://10.0.0.2:9090/track?hash=%K"',
      { url: 'http://10.0.0.2:9090', program: '/usr/bin/curl' },
    ],
    ['curl -s "http://localhost:9090/track?hash=%K"', { posts: false }],
    [
      'wget -qO- "http://localhost:9090/track?hash=%K"',
      { tool: 'wget', program: 'wget', posts: false, hasMore: true },
    ],
    ['curl -k -X POST "http://localhost:9090/track?hash=%K"', { hasMore: true }],
    ['curl -H "Host: a" -X POST "http://localhost:9090/track?hash=%K"', { hasMore: true }],
    ['curl -X POST "http://localhost:9090/track?hash=%K" > /dev/null 2>&1', { operators: true }],
    ['curl -X POST "http://localhost:9090/track?hash=%K" >/dev/null &', { operators: true }],
  ];
  for (const [line, differs] of ours) {
    test(`${line} is a hook line`, () => {
      const expected = { kind: 'ours', tool: 'curl', program: 'curl', url, slot: 'added', placeholder: '%K' };
      assert.deepEqual(readLine(line), {
        ...expected,
        token: null,
        posts: true,
        wasOn: false,
        direct: false,
        hasMore: false,
        operators: false,
        ...differs,
      });
    });
  }

  const foreign = [
    '/config/notify.sh "%N"',
    ' ',
    'curl -X POST "http://localhost:9090/track?hash=%K" && /config/notify.sh',
    'curl -X POST "http://localhost:9090/track?hash=%K" ; rm -rf /downloads',
    'curl "http://localhost:9090/track?hash=%K" "http://elsewhere/"',
    'curl -X POST "http://localhost:9090/other?hash=%K"',
    'curl -X POST "http://localhost:9090/track?hash=%K&name=%N"',
    'sh -c "curl -X POST http://localhost:9090/track?hash=%K"',
    'python3 /scripts/curl "http://localhost:9090/track?hash=%K"',
  ];
  for (const line of foreign) {
    test(`${JSON.stringify(line)} is another command`, () => {
      assert.equal(readLine(line).kind, 'foreign');
    });
  }

  test('a line bypasses proxies under the rules of its own program', () => {
    const call = '"http://localhost:9090/track?hash=%K"';
    const direct = [
      'curl --noproxy *',
      'curl --noproxy "*"',
      'curl --noproxy "sidecar,localhost"',
      'curl --noproxy sidecar --noproxy *',
      'wget --proxy=off',
      'wget --no-proxy',
      'wget -Y off',
      'wget -Yoff',
    ];
    const proxied = [
      'curl',
      "curl --noproxy '*'",
      'curl --noproxy sidecar',
      'curl --noproxy sidecar,*',
      'curl --noproxy * --noproxy sidecar',
      'curl --proxy=off',
      'wget',
      'wget --proxy=on',
      'wget -Y on',
      'wget --noproxy *',
    ];
    const isDirect = (start: string) => {
      const read = readLine(`${start} ${call}`);
      return read.kind === 'ours' && read.direct;
    };
    assert.deepEqual(
      direct.filter((start) => !isDirect(start)),
      [],
    );
    assert.deepEqual(proxied.filter(isDirect), []);
  });

  test('a script with the name of our hook script is recognised as a hook', () => {
    assert.deepEqual(readLine('/config/qbit-ntfy-added.sh "%K" /config/notify.sh "%N"'), {
      kind: 'script',
      program: 'qbit-ntfy-added.sh',
    });
  });

  test('only an empty text is empty', () => {
    assert.equal(readLine('').kind, 'empty');
  });
});

test('a line is split as by qBittorrent: quotes around a whole argument are removed', () => {
  assert.deepEqual(splitCommand(String.raw`a "b c"  d="e f" 'g h' "" \"i j"`), [
    'a',
    'b c',
    'd="e f"',
    "'g",
    "h'",
    '',
    String.raw`\"i j"`,
  ]);
});

test('a token or an address that qBittorrent would change is refused', () => {
  assert.equal(obstacleTo({ url, token: secret('plain_token-1.2~3+/=') }), null);
  for (const token of ['with"quote', 'with%Kplaceholder']) {
    const obstacle = obstacleTo({ url, token: secret(token) });
    assert.match(obstacle ?? '', /HOOK_TOKEN/);
    assert.ok(!obstacle?.includes(token));
  }
  assert.match(obstacleTo({ url: 'http://host/%20', token: null }) ?? '', /address/);
});
