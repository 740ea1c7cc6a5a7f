import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isPrivateHost } from '../../src/util/private-host.ts';

/** As a URL has it. */
const hostOf = (authority: string): string => new URL(`http://${authority}/`).hostname;

const PRIVATE = [
  'localhost',
  'ntfy',
  'ntfy.local',
  'ntfy.local.',
  'NAS.lan',
  'ntfy.default.svc',
  'ntfy.default.svc.cluster.local',
  'ntfy.home.arpa',
  '127.0.0.2',
  '10.0.0.1',
  '172.31.255.255',
  '192.168.1.10:2586',
  '169.254.1.1',
  '100.64.0.1',
  '0.0.0.0',
  '0x7f.1',
  '[::1]',
  '[::]',
  '[fd12::1]',
  '[fe80::1]',
  '[::ffff:10.1.2.3]',
];

const PUBLIC = [
  'ntfy.sh',
  'ntfy.example.org',
  'local.example.org',
  'lan.example.org',
  '1.1.1.1',
  '172.32.0.1',
  '100.128.0.1',
  '192.169.0.1',
  '[2606:4700::1]',
  '[::ffff:1.1.1.1]',
];

test('a host is private by its name or its address', () => {
  assert.deepEqual(
    PRIVATE.filter((host) => !isPrivateHost(hostOf(host))),
    [],
  );
});

test('a public name or address is not private', () => {
  assert.deepEqual(
    PUBLIC.filter((host) => isPrivateHost(hostOf(host))),
    [],
  );
});
