import assert from 'node:assert/strict';
import type { Failure } from '../../machines/domain.ts';
import { request } from '../../src/http/request.ts';
import type { Reply, RequestOptions } from '../../src/http/request.ts';

/** The answer of a URL; fails the test when there is none. */
export async function replyOf(url: string, options?: RequestOptions): Promise<Reply> {
  const result = await request(url, options);
  assert.ok(result.ok, result.ok ? '' : result.failure.message);
  return result.value;
}

/** The failure of a request; fails the test when there is none. */
export async function failureOf(url: string, options?: RequestOptions): Promise<Failure> {
  const result = await request(url, options);
  assert.ok(!result.ok, 'the request should have failed');
  return result.failure;
}
