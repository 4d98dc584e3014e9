import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { cloudWatchLogsBodies, isCloudWatchLogs } from '../../../shared/input/cloudwatchlogs.ts';
import { all, textOf } from '../../fake/read.ts';

const event = (payload: unknown) => ({
  awslogs: { data: gzipSync(JSON.stringify(payload)).toString('base64') },
});
const payload = (messages: readonly string[]) => ({
  messageType: 'DATA_MESSAGE',
  owner: '123456789012',
  logGroup: '/vpc/flows',
  logStream: 'eni-0123456789abcdef0-all',
  subscriptionFilters: ['all'],
  logEvents: messages.map((message, at) => ({ id: `3195310660696698337880902507980421${at}`, timestamp: at, message })),
});

async function read(of: { awslogs: { data: string } }): Promise<[string, string][]> {
  const bodies: [string, string][] = [];
  for await (const { uri, chunks } of cloudWatchLogsBodies(of)) bodies.push([uri, await textOf(chunks)]);
  return bodies;
}

test('the event of a subscription is known by its shape', () => {
  expect(isCloudWatchLogs(event({}))).toBe(true);
  for (const other of [{ awslogs: {} }, { awslogs: 'x' }, { Records: [] }, null, 'awslogs', undefined]) {
    expect(isCloudWatchLogs(other)).toBe(false);
  }
});

describe('cloudWatchLogsBodies', () => {
  test('messages are the lines of one body, called the same when the event comes again', async () => {
    const uri = 'cloudwatchlogs:/vpc/flows/eni-0123456789abcdef0-all@31953106606966983378809025079804210';
    const twice = event(payload(['a', '봉수']));
    expect(await read(twice)).toEqual([[uri, 'a\n봉수\n']]);
    expect(await read(twice)).toEqual([[uri, 'a\n봉수\n']]);
  });

  test('a message that only asks whether somebody is there has no body', async () => {
    const control = {
      ...payload(['CWL CONTROL MESSAGE: Checking health of destination']),
      messageType: 'CONTROL_MESSAGE',
    };
    expect(await read(event(control))).toEqual([]);
    expect(await read(event(payload([])))).toEqual([]);
  });

  async function expectKept(data: string): Promise<void> {
    const [body, ...others] = await all(cloudWatchLogsBodies({ awslogs: { data } }));
    expect(others).toEqual([]);
    expect(body.uri).toMatch(/^cloudwatchlogs:[0-9a-f]{40}$/);
    await expect(textOf(body.chunks)).rejects.toMatchObject({
      name: 'DecodeError',
      message: 'the event holds no messages of CloudWatch Logs',
      raw: Buffer.from(data),
    });
  }

  test('base64 or gzip that ends too early is kept as it came, wherever it ends', () => {
    const { data } = event(payload(['a', 'b'])).awslogs;
    return fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: Math.floor(data.length / 4) * 4 - 4 }), (end) =>
        expectKept(data.slice(0, end)),
      ),
    );
  });

  test.each([
    ['what is no base64', '!!!'],
    ['what is no JSON', gzipSync('{"messageType"').toString('base64')],
    ['what is no payload', gzipSync('{"Records":[]}').toString('base64')],
    ['what unzips to more than can be meant', gzipSync(Buffer.alloc(65 << 20, 32)).toString('base64')],
  ])('%s is kept as it came', (_, data) => expectKept(data));
});
