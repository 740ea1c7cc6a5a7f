/** Certificates for tests, created at run time: the project contains no key, and none expires. */
import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { isIP } from 'node:net';

/** As PEM. */
export interface Certificate {
  key: string;
  cert: string;
}

export interface CertificateOptions {
  /** Host names and IPv4 addresses. */
  names: readonly string[];
  /** Default: yesterday. */
  from?: Date;
  /** Default: tomorrow. */
  until?: Date;
}

/** A certificate authority of a test. */
export interface Authority {
  /** As PEM. */
  cert: string;
  issue(options: CertificateOptions): Certificate;
}

const DAY = 24 * 60 * 60_000;
const [BOOLEAN, INTEGER, BITS, OCTETS, OID, UTF8, SEQUENCE, SET, TIME] = [
  0x01, 0x02, 0x03, 0x04, 0x06, 0x0c, 0x30, 0x31, 0x18,
];

/** One element of DER: its tag, its length, its content. */
function der(tag: number, ...parts: Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

const hex = (digits: string) => Buffer.from(digits, 'hex');
const ECDSA_WITH_SHA256 = der(SEQUENCE, der(OID, hex('2a8648ce3d040302')));
const COMMON_NAME = der(OID, hex('550403'));
const BASIC_CONSTRAINTS = der(OID, hex('551d13'));
const ALTERNATIVE_NAME = der(OID, hex('551d11'));

const nameOf = (text: string) =>
  der(SEQUENCE, der(SET, der(SEQUENCE, COMMON_NAME, der(UTF8, Buffer.from(text)))));

/** `20261128123000Z`. */
const timeOf = (date: Date) => der(TIME, Buffer.from(`${date.toISOString().replaceAll(/[-:T]|\..*/g, '')}Z`));

const altName = (name: string) =>
  isIP(name) === 4 ? der(0x87, Buffer.from(name.split('.').map(Number))) : der(0x82, Buffer.from(name));

interface Signing {
  issuer: string;
  subject: string;
  from: Date;
  until: Date;
  publicKey: KeyObject;
  by: KeyObject;
  extension: Buffer;
}

function signed({ issuer, subject, from, until, publicKey, by, extension }: Signing): string {
  const content = der(
    SEQUENCE,
    der(0xa0, der(INTEGER, hex('02'))),
    der(INTEGER, Buffer.concat([hex('01'), randomBytes(8)])),
    ECDSA_WITH_SHA256,
    nameOf(issuer),
    der(SEQUENCE, timeOf(from), timeOf(until)),
    nameOf(subject),
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, der(SEQUENCE, extension)),
  );
  const signature = der(BITS, hex('00'), sign('sha256', content, by));
  const text = der(SEQUENCE, content, ECDSA_WITH_SHA256, signature).toString('base64');
  return `-----BEGIN CERTIFICATE-----\n${text.match(/.{1,64}/g)?.join('\n') ?? ''}\n-----END CERTIFICATE-----\n`;
}

const newKeys = () => generateKeyPairSync('ec', { namedCurve: 'P-256' });

/** Creates an authority that is not trusted yet. */
export function createAuthority(issuer = 'Authority of a test'): Authority {
  const { privateKey: by, publicKey } = newKeys();
  const [yesterday, tomorrow] = [new Date(Date.now() - DAY), new Date(Date.now() + DAY)];
  const isAuthority = der(OCTETS, der(SEQUENCE, der(BOOLEAN, hex('ff'))));
  const extension = der(SEQUENCE, BASIC_CONSTRAINTS, der(BOOLEAN, hex('ff')), isAuthority);
  const cert = signed({
    issuer,
    subject: issuer,
    from: yesterday,
    until: tomorrow,
    publicKey,
    by,
    extension,
  });
  return {
    cert,
    issue({ names, from = yesterday, until = tomorrow }) {
      const keys = newKeys();
      const alternatives = der(OCTETS, der(SEQUENCE, ...names.map(altName)));
      return {
        key: keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
        cert: signed({
          issuer,
          subject: names[0] ?? '',
          from,
          until,
          publicKey: keys.publicKey,
          by,
          extension: der(SEQUENCE, ALTERNATIVE_NAME, alternatives),
        }),
      };
    },
  };
}
