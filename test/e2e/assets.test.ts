/** The deployed inventory looks at three accounts of a local AWS, and flow logs of their hosts are joined with what it saw. */
import { expect, test } from '@jest/globals';
import { type Stack, stage } from '../../scripts/demo/deployed.ts';
import { build, INVENTORY, look, ON_AWS } from '../../scripts/demo/estate.ts';
import { bastion } from '../../scripts/incident/scenario.ts';
import { incident } from '../../scripts/incident.ts';
import { onStack } from './suite.ts';

await onStack(
  'the deployed inventory',
  { aws: ON_AWS, params: { ...INVENTORY, sources: 'flowlogs,asset-inventory' } },
  suite,
);

const DAY_MS = 86_400_000;

function suite(stack: Stack): void {
  const { aws, opensearch, outputs } = stack;
  test('what it saw in three accounts is joined into flow logs', async () => {
    await build(aws, new Date(Date.now() - DAY_MS));
    const { accounts, summary } = await look(aws, outputs);
    expect(accounts).toHaveLength(3);
    expect(summary.okPercent).toBeGreaterThan(90);

    // A Lambda that just started does not wait for a slow table (500 ms): its first logs are not joined then, later ones are.
    let joined: unknown;
    for (let hours = 0; joined === undefined && hours < 12; hours += 2) {
      const { objects } = incident(new Date(Date.now() - hours * 3_600_000));
      await stage(stack).play(
        objects.filter(({ source }) => source === 'flowlogs'),
        [],
      );
      // as its own interface wrote it: seen from another one, it is whoever held the address when that was looked at
      const own = { 'source.asset.name': bastion.name, 'aws.vpcflow.interface_id': bastion.eni };
      const query = { bool: { filter: Object.entries(own).map(([field, value]) => ({ term: { [field]: value } })) } };
      const { body } = await opensearch.search({ index: 'aws-flowlogs-*', body: { query, size: 1 } });
      joined = body.hits.hits[0]?._source;
    }
    expect(joined).toMatchObject({
      source: {
        ip: bastion.ip,
        asset: {
          id: `arn:aws:ec2:ap-northeast-2:${bastion.account}:instance/${bastion.instance}`,
          owner: 'team-shop@example.com',
          environment: 'prod',
          match: 'exact',
        },
      },
    });
  });
}
