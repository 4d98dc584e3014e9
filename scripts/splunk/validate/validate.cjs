/**
 * Holds dashboard definitions against the schemas that Splunk's own editor uses: in stdin {name: definition}, out stdout {name: [fault]}.
 * With --options: the names of the options of each kind of panel instead.
 * Needs the packages of package.json beside it: NODE_PATH names their folder.
 */
const { createSchemaBasedOnPresets } = require('@splunk/dashboard-definition');
const { migrateToTabsLayout } = require('@splunk/dashboard-utils');
const { DashboardValidator } = require('@splunk/dashboard-validation');
const schemas = require('@splunk/visualization-schemas');

const OPTIONS = {
  'splunk.singlevalue': schemas.singleValueOptionsSchema,
  'splunk.column': schemas.columnOptionsSchema,
  'splunk.bar': schemas.barOptionsSchema,
  'splunk.line': schemas.lineOptionsSchema,
  'splunk.area': schemas.areaOptionsSchema,
  'splunk.pie': schemas.pieOptionsSchema,
  'splunk.table': schemas.tableOptionsSchema,
  'splunk.map': schemas.mapOptionsSchema,
};
const named = (names) => Object.fromEntries(names.map((name) => [name, {}]));
const preset = {
  visualizations: Object.fromEntries(Object.entries(OPTIONS).map(([type, schema]) => [type, { schema }])),
  inputs: named(['input.timerange', 'input.text', 'input.multiselect', 'input.dropdown']),
  layouts: named(['grid', 'absolute']),
  dataSources: named(['ds.search', 'ds.chain']),
};

function faults(definition) {
  const migrated = migrateToTabsLayout({ definition });
  if (!migrated.success) return ['the layout could not be read'];
  const validator = new DashboardValidator();
  const fault = validator.setSchema(createSchemaBasedOnPresets(preset));
  if (fault) throw fault;
  const found = validator.validate(migrated.definition) ?? [];
  return found.map(({ instancePath, message }) => `${instancePath} ${message}`.trim());
}

if (process.argv.includes('--options')) {
  const all = Object.entries(OPTIONS).map(([type, schema]) => [type, Object.keys(schema).sort()]);
  process.stdout.write(JSON.stringify(Object.fromEntries(all)));
} else {
  let text = '';
  process.stdin.on('data', (chunk) => {
    text += chunk;
  });
  process.stdin.on('end', () => {
    const all = Object.entries(JSON.parse(text)).map(([name, definition]) => [name, faults(definition)]);
    process.stdout.write(JSON.stringify(Object.fromEntries(all)));
  });
}
