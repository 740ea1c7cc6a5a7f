import assert from 'node:assert/strict';
import type { Failure } from '../../machines/domain.ts';
import { request } from '../../src/http/request.ts';
import type { Reply, RequestOptions } from '../../src/http/request.ts';

/** What a URL answers; fails the test when nothing comes. */
export async function replyOf(url: string, options?: RequestOptions): Promise<Reply> {
  const result = await request(url, options);
  assert.ok(result.ok, result.ok ? '' : result.failure.message);
  return result.value;
}

/** How a request failed; fails the test when it did not. */
export async function failureOf(url: string, options?: RequestOptions): Promise<Failure> {
  const result = await request(url, options);
  assert.ok(!result.ok, 'the request should have failed');
  return result.failure;
}
