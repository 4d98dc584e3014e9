/** `npm run clock`: the tests that read the clock and start no server, with the clock moved by BONGSU_CLOCK (test/clock.cjs). */
const { existsSync, globSync, readFileSync } = require('node:fs');
const { dirname, join } = require('node:path');

const base = require('../jest.config.json');

const root = join(__dirname, '..');
// they start a server with a clock of its own
const SERVERS = /test\/rig\/(opensearch\/opensearch.ts|aws\/|python|serverless)/;
// they read files, damage bytes, measure, or start other processes
const TIMELESS = /^test\/(house|docs|bench|fault|splunk|detections)\/|^test\/scripts\/(commands|generate)\.test/;
const CLOCK = /\bDate\.now\b|\bnew Date\(\)/;

/** A file with everything that it imports, directly or through others. */
function closure(file, seen = new Set()) {
  if (seen.has(file) || !existsSync(file)) return seen;
  seen.add(file);
  if (/rig\/opensearch\/suite.ts$/.test(file)) return seen; // its suites skip themselves
  for (const [, path] of readFileSync(file, 'utf8').matchAll(/(?:from|import\() ?'(\.[^']*)'/g)) {
    closure(join(dirname(file), path), seen);
  }
  return seen;
}

function isTested(file) {
  if (TIMELESS.test(file)) return false;
  const files = [...closure(join(root, file))];
  return !files.some((each) => SERVERS.test(each)) && files.some((each) => CLOCK.test(readFileSync(each, 'utf8')));
}

module.exports = {
  ...base,
  rootDir: root,
  setupFiles: [join(__dirname, 'clock.cjs')],
  testMatch: globSync('test/**/*.test.ts', { cwd: root })
    .filter(isTested)
    .map((file) => join(root, file)),
  reporters: ['default'],
};
