/** Which Splunk index each source writes to. In: shared/sources.ts. Out: rows of splunk/cluster/sources.yml. */
import { type Kind, SOURCES, type SourceName, sourceNames } from '../../../shared/sources.ts';

/** An index for each retention and audience: splunk/cluster/sources.yml. */
const INDEX_OF_KIND: Readonly<Record<Kind, string>> = {
  log: 'aws_network',
  audit: 'aws_findings',
  alert: 'aws_findings',
  finding: 'aws_findings',
  inventory: 'aws_assets',
  http: 'aws_network',
};
const INDEX_OF_SOURCE: Readonly<Partial<Record<SourceName, string>>> = {
  cloudtrail: 'aws_cloudtrail',
  s3access: 'aws_cloudtrail',
  waf: 'aws_waf',
};

export interface SourceOfKit {
  readonly index: string;
  /** The first is the usual one. */
  readonly sourcetypes: readonly string[];
}

export const sourcesOfKit: Readonly<Record<string, SourceOfKit>> = Object.fromEntries(
  sourceNames.map((name) => {
    const { kind, splunk, sourcetypes = [] } = SOURCES[name];
    return [
      name,
      { index: INDEX_OF_SOURCE[name] ?? INDEX_OF_KIND[kind], sourcetypes: [splunk.sourcetype, ...sourcetypes] },
    ];
  }),
);

const item = (sourcetype: string): string => `      - "${sourcetype}"\n`;

/** A section of sources.yml. */
export const sourcesSection = (): string =>
  Object.entries(sourcesOfKit)
    .map(
      ([name, { index, sourcetypes }]) =>
        `  ${name}:\n    index: ${index}\n    sourcetypes:\n${sourcetypes.map(item).join('')}`,
    )
    .join('');
