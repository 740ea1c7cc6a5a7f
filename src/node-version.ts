/**
 * Imported first, so that an older Node fails with this message. The bundle's syntax allows an older Node to run it up to
 * here (`rolldown.config.ts`).
 */
const MIN_NODE = 24;

const major = Number(process.versions.node.split('.')[0]);
if (major < MIN_NODE) {
  process.stderr.write(
    `qbit-ntfy-sidecar requires Node.js ${MIN_NODE} or later; this is ${process.versions.node} (${process.execPath}).\n`,
  );
  process.exit(78);
}
