/** One file for the runner, so that the image is built once. */
import './adds.ts';
import './runs.ts';
import './follows.ts';
import './read-only.ts';
import './composes.ts';
