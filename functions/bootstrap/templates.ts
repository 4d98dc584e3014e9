/**
 * What is put on an OpenSearch, in the order in which it refers to each other.
 * https://docs.opensearch.org/latest/im-plugin/index-templates/
 */
import assets from '../../opensearch/component/assets.json' with { type: 'json' };
import ecs from '../../opensearch/component/ecs.json' with { type: 'json' };
import findings from '../../opensearch/component/findings.json' with { type: 'json' };
import joined from '../../opensearch/component/joined.json' with { type: 'json' };
import settings from '../../opensearch/component/settings.json' with { type: 'json' };
import assetsChanges from '../../opensearch/index/aws-assets-changes.json' with { type: 'json' };
import assetsCurrent from '../../opensearch/index/aws-assets-current.json' with { type: 'json' };
import cloudtrail from '../../opensearch/index/aws-cloudtrail.json' with { type: 'json' };
import dns from '../../opensearch/index/aws-dns.json' with { type: 'json' };
import findingsCopies from '../../opensearch/index/aws-findings-copies.json' with { type: 'json' };
import findingsCurrent from '../../opensearch/index/aws-findings-current.json' with { type: 'json' };
import findingsHistory from '../../opensearch/index/aws-findings-history.json' with { type: 'json' };
import flowlogs from '../../opensearch/index/aws-flowlogs.json' with { type: 'json' };
import integrity from '../../opensearch/index/aws-integrity.json' with { type: 'json' };
import unrouted from '../../opensearch/index/aws-unrouted.json' with { type: 'json' };
import waf from '../../opensearch/index/aws-waf.json' with { type: 'json' };

export interface Template {
  /** `/_index_template/aws-flowlogs` */
  readonly path: string;
  readonly body: object;
}

/** Of the indices that templates are for. */
export interface Sizes {
  /** Of an index of logs; one of findings has one shard. */
  readonly shards: number;
  readonly replicas: number;
}

export function templates({ shards, replicas }: Sizes): readonly Template[] {
  const sized = structuredClone(settings);
  Object.assign(sized.template.settings.index, { number_of_shards: shards, number_of_replicas: replicas });
  return [
    { path: '/_component_template/bongsu-settings', body: sized },
    { path: '/_component_template/bongsu-ecs', body: ecs },
    { path: '/_component_template/bongsu-findings', body: findings },
    { path: '/_component_template/bongsu-assets', body: assets },
    { path: '/_component_template/bongsu-joined', body: joined },
    { path: '/_index_template/aws-flowlogs', body: flowlogs },
    { path: '/_index_template/aws-cloudtrail', body: cloudtrail },
    { path: '/_index_template/aws-waf', body: waf },
    { path: '/_index_template/aws-dns', body: dns },
    { path: '/_index_template/aws-findings-history', body: findingsHistory },
    { path: '/_index_template/aws-findings-current', body: findingsCurrent },
    { path: '/_index_template/aws-findings-copies', body: findingsCopies },
    { path: '/_index_template/aws-assets-changes', body: assetsChanges },
    { path: '/_index_template/aws-assets-current', body: assetsCurrent },
    { path: '/_index_template/aws-integrity', body: integrity },
    { path: '/_index_template/aws-unrouted', body: unrouted },
  ];
}
