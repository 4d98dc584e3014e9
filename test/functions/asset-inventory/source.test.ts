import { describe, expect, test } from '@jest/globals';
import { changeLine, feedOf, stateLine } from '../../../functions/asset-inventory/publish/feed.ts';
import { assets } from '../../../functions/asset-inventory/source.ts';
import type { Asset } from '../../../shared/asset/model.ts';
import { DecodeError } from '../../../shared/errors.ts';
import { ecsFaults } from '../../ecs.ts';
import { allWritten } from '../../source.ts';
import { AT, change, instance, RUN, row } from './records.ts';

async function textOf(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  let text = '';
  for await (const chunk of chunks) text += Buffer.from(chunk).toString();
  return text;
}

const writtenOf = (line: object) => allWritten(assets({ route: ['opensearch'] }), `${JSON.stringify(line)}\n`);

describe('the records of the inventory', () => {
  test.each([
    [
      'a certificate',
      { type: 'AWS::CertificateManager::Certificate', security: { notAfter: '2026-12-04T02:00:00.000Z' } },
      { days_left: 9, expires: '2026-12-04T02:00:00.000Z' },
    ],
    [
      'a certificate that ended',
      { type: 'AWS::CertificateManager::Certificate', security: { notAfter: '2026-11-23T12:00:00.000Z' } },
      { days_left: -1 },
    ],
    ['an access key', { type: 'AWS::IAM::AccessKey', createdAt: '2026-08-01T03:00:00.000Z' }, { age_days: 115 }],
  ])('%s tells its age, the same state under the same id', async (_, own, expected) => {
    const line = stateLine({ ...instance, ...own }, AT, RUN);
    const [{ document }] = await writtenOf(line);
    expect(document.aws.asset).toMatchObject(expected);
    expect(ecsFaults(document)).toEqual([]);
    const { id } = line as { id: string };
    expect(stateLine({ ...instance, ...own }, '2026-11-25T03:00:00.000Z', RUN)).toMatchObject({ id });
  });

  test('a feed holds a state, a change and a row of the report, all valid ECS', async () => {
    const plan = { run: RUN, at: AT, seq: 1, deadline: AT, accounts: [], units: [], blocked: [] };
    const marker = { account: '123456789012', region: 'eu-west-1', key: '', sha256: '', bytes: 0, count: 1 };
    const body = feedOf({
      marker: { ...marker, coverage: [row], changes: 1, stale: 0 },
      assets: [instance],
      changes: [change],
      coverage: [row],
      plan,
      updates: [],
    });
    expect(body.uri).toBe(`assets:${RUN}/123456789012/eu-west-1`);
    const written = await allWritten(assets({ route: ['opensearch'] }), await textOf(body.chunks));
    expect(written.map(({ facts }) => facts.sourcetype)).toEqual([
      'bongsu:asset',
      'bongsu:asset:change',
      'bongsu:asset:coverage',
    ]);
    for (const { document } of written) expect(ecsFaults(document)).toEqual([]);
  });

  test('the newest state of an asset is kept under its id, by the time of the run', async () => {
    const [{ facts, document }] = await writtenOf(stateLine(instance, AT, RUN));
    expect(facts).toMatchObject({ current: instance.id, version: Date.parse(AT), account: '123456789012' });
    expect(document).toMatchObject({
      event: { kind: 'state', category: ['host'], action: 'active' },
      host: { ip: ['10.0.1.4', '203.0.113.9'], mac: ['02-00-5E-10-00-01'] },
      asset: { name: 'web-1', owner: 'team-a@example.com', exposure: 'internet', environment: 'prod' },
      aws: { asset: { tags: ['Name=web-1', 'owner=team-a@example.com'], exposure: { ports: ['tcp/443'] } } },
    });
  });

  test('the same state has the same id in every run, another one does not', async () => {
    const idOf = async (asset: Asset, run: string) => (await writtenOf(stateLine(asset, AT, run)))[0].facts.id;
    expect(await idOf(instance, 'a')).toBe(await idOf(instance, 'b'));
    expect(await idOf(instance, 'a')).not.toBe(await idOf({ ...instance, state: 'stale' }, 'a'));
  });

  test('what comes onto the internet is an urgent event, told once', async () => {
    const [{ facts, document }] = await writtenOf(changeLine(change));
    expect(facts).toMatchObject({ id: change.id, current: '', severity: 'high', time: Date.parse(AT) });
    expect(document.aws.asset.change.diff).toEqual({
      paths: { 'exposure.level': { from: 'internal', to: 'internet' } },
    });
  });

  test('who did it is told once more, as the same change', async () => {
    const actor = {
      arn: 'arn:aws:iam::123456789012:user/eve',
      eventId: 'c0ffee',
      eventName: 'AuthorizeSecurityGroupIngress',
      time: AT,
      sourceIp: '198.51.100.7',
    };
    const [{ facts, document, raw }] = await writtenOf(changeLine({ ...change, actor }));
    expect(facts.id).toBe(`${change.id}@c0ffee`);
    expect(document).toMatchObject({
      event: { id: change.id },
      user: { id: actor.arn },
      source: { ip: '198.51.100.7' },
    });
    expect(ecsFaults(document)).toEqual([]);
    expect(JSON.parse(raw)).toMatchObject({ action: 'modified', user: actor.arn, object_id: instance.id });
  });

  test('Splunk gets the fields of its models beside the record', async () => {
    const [{ raw }] = await writtenOf(stateLine(instance, AT, RUN));
    expect(JSON.parse(raw)).toMatchObject({
      dest: 'i-0abc',
      ip: ['10.0.1.4', '203.0.113.9'],
      owner: 'team-a@example.com',
      priority: 'high',
      vendor_product: 'AWS EC2',
      vendor_account: '123456789012',
      vendor_region: 'eu-west-1',
    });
  });

  test.each([{}, { kind: 'state', id: 'x', at: AT }, { kind: 'change', at: AT, change: {} }])(
    'a line that is none of them is refused: %j',
    async (line) => {
      await expect(writtenOf(line)).rejects.toThrow(DecodeError);
    },
  );
});
