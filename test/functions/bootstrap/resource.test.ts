import { afterEach, describe, expect, test } from '@jest/globals';
import { type Event, resource } from '../../../functions/bootstrap/resource.ts';
import { answer, type Scripted, scripted, type Turn } from '../../rig/opensearch/scripted.ts';

let server: Scripted;
afterEach(() => server.stop());

async function event(RequestType: 'Create' | 'Update' | 'Delete', turn: Turn = answer(200)): Promise<Event> {
  server = await scripted(turn);
  return {
    RequestType,
    ResponseURL: `${server.url}/answer?signature=x`,
    StackId: 'arn:aws:cloudformation:eu-west-1:123456789012:stack/bongsu/1',
    RequestId: 'r1',
    LogicalResourceId: 'Bootstrap',
    ResourceType: 'Custom::Bootstrap',
    ServiceToken: 'arn:aws:lambda:eu-west-1:123456789012:function:bootstrap',
    ResourceProperties: { ServiceToken: '' },
    ...(RequestType !== 'Create' && { PhysicalResourceId: 'before' }),
    ...(RequestType === 'Update' && { OldResourceProperties: {} }),
  } as Event;
}

const told = () => server.requests.map(({ body }) => JSON.parse(body.toString()) as object);

describe('CloudFormation is told', () => {
  test('that a creation went well, under a name that stays', async () => {
    expect(await resource(await event('Create'), async () => ['a'])).toEqual(['a']);
    expect(told()).toEqual([
      {
        Status: 'SUCCESS',
        StackId: 'arn:aws:cloudformation:eu-west-1:123456789012:stack/bongsu/1',
        RequestId: 'r1',
        LogicalResourceId: 'Bootstrap',
        PhysicalResourceId: 'Bootstrap',
      },
    ]);
  });

  test('in the one way that the signed URL allows', async () => {
    await resource(await event('Create'), async () => {});
    const [{ method, url, headers }] = server.requests;
    expect([method, url]).toEqual(['PUT', '/answer?signature=x']);
    expect(headers['content-type']).toBe('');
  });

  test('that a change failed and why, in few words', async () => {
    const fail = () => Promise.reject(new Error(`no such field ${'x'.repeat(5000)}`));
    expect(await resource(await event('Update'), fail)).toBeUndefined();
    const [{ Status, Reason, PhysicalResourceId }] = told() as Record<string, string>[];
    expect([Status, PhysicalResourceId]).toEqual(['FAILED', 'before']);
    expect(Reason).toMatch(/^no such field xxx/);
    expect(Reason.length).toBeLessThanOrEqual(1000);
  });

  test('that a deletion went well, for which nothing is done', async () => {
    let isCalled = false;
    await resource(await event('Delete'), async () => {
      isCalled = true;
    });
    expect(isCalled).toBe(false);
    expect(told()).toMatchObject([{ Status: 'SUCCESS', PhysicalResourceId: 'before' }]);
  });
});

test('an answer that was not taken is an error, so that Lambda calls again', async () => {
  const refused = await event('Delete', answer(403));
  await expect(resource(refused, async () => {})).rejects.toThrow('did not take the answer');
});

describe('anyone else', () => {
  test('gets the result', async () => {
    server = await scripted();
    expect(await resource({}, async () => ['a'])).toEqual(['a']);
  });

  test('gets the error', async () => {
    server = await scripted();
    await expect(resource({}, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  });
});
