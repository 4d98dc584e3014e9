/**
 * IAM Access Analyzer: analyzers.
 * https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_AnalyzerSummary.html
 */
import { AccessAnalyzerClient, type AnalyzerSummary, ListAnalyzersCommand } from '@aws-sdk/client-accessanalyzer';
import { type Declaration, declare } from '../discovery/declaration.ts';
import { service } from '../discovery/service.ts';

const accessanalyzer = service(AccessAnalyzerClient);

const analyzer = declare<AnalyzerSummary>({
  type: 'AWS::AccessAnalyzer::Analyzer',
  class: 'security',
  scope: 'region',
  pack: 'security',
  ...accessanalyzer.pages({
    action: 'access-analyzer:ListAnalyzers',
    page: (nextToken) => new ListAnalyzersCommand({ nextToken, maxResults: 100 }),
    read: ({ analyzers, nextToken }) => ({ records: analyzers, next: nextToken }),
  }),
  asset: (each) => ({
    id: each.arn ?? '',
    nativeId: each.name ?? '',
    name: each.name,
    tags: each.tags,
    createdAt: each.createdAt,
    security: { status: each.status, kind: each.type },
  }),
});

export const declarations: readonly Declaration[] = [analyzer];
