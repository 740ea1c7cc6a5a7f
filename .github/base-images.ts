/**
 * Prints the base images of the Dockerfile with their digests, as outputs of the workflow:
 *
 *   build_image=node:24-slim@sha256:…
 *
 * A digest identifies one image: the base cannot change between the two platforms of a release, or afterwards. Fails with
 * one line if a registry returns no digest, or if a base image in the Dockerfile is not an argument.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const DIGEST = /^sha256:[0-9a-f]{64}$/;

const dockerfile = readFileSync('Dockerfile', 'utf8');
const images = [...dockerfile.matchAll(/^ARG (\w+_IMAGE)=(\S+)$/gm)].map(([, name = '', image = '']) => ({
  name,
  image,
}));

const fixed = [...dockerfile.matchAll(/^FROM (?:--\S+ )*(\S+)/gm)]
  .map(([, base = '']) => base)
  .filter((base) => !images.some(({ name }) => base === `\${${name}}`));
if (images.length === 0 || fixed.length > 0) {
  refuse(`The Dockerfile has a base that is no argument: ${fixed.join(', ') || 'all of them'}`);
}

/** The digest of the whole image, for all platforms. */
function resolve(image: string): string {
  const [name = '', given] = image.split('@');
  if (given !== undefined) return check(name, given);
  let found = '';
  try {
    found = execFileSync(
      'docker',
      ['buildx', 'imagetools', 'inspect', '--format', '{{ .Manifest.Digest }}', image],
      { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] },
    ).trim();
  } catch {
    refuse(`No digest of ${image}: the request to the registry failed`);
  }
  return check(name, found);
}

function check(name: string, digest: string): string {
  if (!DIGEST.test(digest)) refuse(`No digest of ${name}: got ${JSON.stringify(digest)}`);
  return `${name}@${digest}`;
}

function refuse(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

const lines = images.map(({ name, image }) => `${name.toLowerCase()}=${resolve(image)}\n`);
process.stdout.write(lines.join(''));
