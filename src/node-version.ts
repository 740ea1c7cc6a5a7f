/**
 * Imported before anything else: an older Node is told so in one sentence, and not by whatever it lacks first. The
 * bundle is written so that it can be read that far (`rolldown.config.ts`).
 */
const MIN_NODE = 24;

const major = Number(process.versions.node.split('.')[0]);
if (major < MIN_NODE) {
  process.stderr.write(
    `qbit-ntfy-sidecar needs Node.js ${MIN_NODE} or later, and this is ${process.versions.node} (${process.execPath}).\n`,
  );
  process.exit(78);
}
