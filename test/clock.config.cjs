/** `npm run clock`: the tests that start no server, with the clock moved by BONGSU_CLOCK (test/clock.cjs). */
const { existsSync, globSync, readFileSync } = require('node:fs');
const { dirname, join } = require('node:path');

const base = require('../jest.config.json');

const root = join(__dirname, '..');
// they start a server with a clock of its own
const SERVERS = /test\/rig\/(opensearch\/opensearch.ts|aws\/|python|serverless)/;
// they read files or damage bytes, and ask for no time
const TIMELESS = /^test\/(house|docs|bench|fault)\//;

const importsOf = (file) =>
  [...readFileSync(file, 'utf8').matchAll(/(?:from|import\() ?'(\.[^']*)'/g)]
    .map(([, path]) => join(dirname(file), path))
    .filter((path) => existsSync(path));

const known = new Map();
/** Suites of onNode skip themselves. */
function needsServer(file) {
  if (/rig\/opensearch\/suite.ts$/.test(file)) return false;
  if (SERVERS.test(file)) return true;
  if (!known.has(file)) {
    known.set(file, false);
    known.set(file, importsOf(file).some(needsServer));
  }
  return known.get(file);
}

const files = globSync('test/**/*.test.ts', { cwd: root });

module.exports = {
  ...base,
  rootDir: root,
  setupFiles: [join(__dirname, 'clock.cjs')],
  testMatch: files
    .filter((file) => !TIMELESS.test(file) && !needsServer(join(root, file)))
    .map((file) => join(root, file)),
  reporters: ['default'],
};
