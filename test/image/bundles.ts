/** Debian's packages for building and running the image. */
import { installBundle } from '../debian/install.ts';
import type { Bundle, Installed } from '../debian/install.ts';

const bundles = {
  /** The programs that build and run, with their dependencies. */
  containers: {
    suite: 'bookworm',
    packages: [
      'aardvark-dns',
      'buildah',
      'conmon',
      'dash',
      'iproute2',
      'iptables',
      'mount',
      'netavark',
      'podman',
      'runc',
    ],
  },
  /** What Node needs in a base without a shell: the packages of distroless. */
  runtime: {
    suite: 'trixie',
    packages: ['base-files', 'ca-certificates', 'libatomic1', 'libc6', 'libgcc-s1', 'libstdc++6', 'tzdata'],
  },
  /** The same with a shell and its tools; of the suite of the newest servers, which include no shell. */
  shell: {
    suite: 'forky',
    packages: ['base-files', 'coreutils', 'curl', 'dash', 'libatomic1', 'libstdc++6'],
  },
  /** Compose itself. */
  compose: { suite: 'trixie', packages: ['docker-compose'] },
} as const satisfies Record<string, Omit<Bundle, 'name'>>;

/** Name of a bundle. */
export type ImageBundle = keyof typeof bundles;

/** Makes one available; see `installBundle`. */
export function installImageBundle(name: ImageBundle): Promise<Installed> {
  return installBundle({ name: `image-${name}`, ...bundles[name] });
}
