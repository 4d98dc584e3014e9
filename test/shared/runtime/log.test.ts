import { expect, test } from '@jest/globals';
import { DecodeError, ReadError } from '../../../shared/errors.ts';
import { type LogOptions, log } from '../../../shared/runtime/log.ts';

function lines(options: LogOptions, use: (to: ReturnType<typeof log>) => void): Record<string, unknown>[] {
  const written: string[] = [];
  use(log({ ...options, write: (line) => written.push(line) }));
  for (const line of written) expect(line).not.toContain('\n');
  return written.map((line) => JSON.parse(line));
}

test('each call is one JSON line with its level and fields', () => {
  expect(
    lines({}, (to) => {
      to.info('item collected', { source: 'flowlogs', records: 3 });
      to.error('two\nlines');
    }),
  ).toEqual([
    { level: 'info', message: 'item collected', source: 'flowlogs', records: 3 },
    { level: 'error', message: 'two\nlines' },
  ]);
});

test('less than the level is not written', () => {
  expect(
    lines({ level: 'warn' }, (to) => {
      to.info('a');
      to.warn('b');
      to.error('c');
    }).map(({ message }) => message),
  ).toEqual(['b', 'c']);
});

test('an error is written with name, message, fields and causes, never with the bytes it carries', () => {
  const refused = Object.assign(new AggregateError([new Error('::1'), new Error('127.0.0.1')], ''), {
    code: 'ECONNREFUSED',
  });
  const cause = new ReadError('the object could not be read', { bucket: 'b', key: 'k' }, refused);
  const error = new DecodeError('bad', { uri: 'u', raw: Buffer.from('secret') }, { cause, raw: Buffer.from('secret') });
  const [line] = lines({}, (to) => to.error('item failed', { error }));
  expect(line.error).toEqual({
    name: 'DecodeError',
    message: 'bad',
    fields: { uri: 'u', raw: '6 bytes' },
    cause: {
      name: 'ReadError',
      message: 'the object could not be read',
      fields: { bucket: 'b', key: 'k' },
      cause: {
        name: 'AggregateError',
        message: '',
        code: 'ECONNREFUSED',
        errors: [
          { name: 'Error', message: '::1' },
          { name: 'Error', message: '127.0.0.1' },
        ],
      },
    },
  });
  expect(JSON.stringify(line)).not.toContain('secret');
  expect(JSON.stringify(line)).not.toContain(JSON.stringify([...Buffer.from('secret')]));
});

test('an error of an unknown class tells where it came from', () => {
  const [{ error }] = lines({}, (to) => to.error('x', { error: new TypeError('oops') }));
  expect(error).toMatchObject({
    name: 'TypeError',
    message: 'oops',
    stack: expect.arrayContaining([expect.stringContaining('log.test')]),
  });
});

test('an AbortError, which is a DOMException, is written with its name and message', () => {
  const { reason } = AbortSignal.abort();
  const error = new ReadError('the object ended too early', { bucket: 'b', key: 'k' }, reason);
  const [line] = lines({}, (to) => to.error('item failed', { error, reason }));
  const aborted = { name: 'AbortError', message: 'This operation was aborted' };
  expect(line.error).toMatchObject({ fields: { bucket: 'b', key: 'k' }, cause: aborted });
  expect(line.reason).toMatchObject(aborted);
});

test('every line has the fields of the context, as of its own time', () => {
  let id = 'r1';
  const written = lines({ context: () => ({ function_request_id: id }) }, (to) => {
    to.info('a');
    id = 'r2';
    to.info('b');
  });
  expect(written.map((line) => line.function_request_id)).toEqual(['r1', 'r2']);
});

test('a cause that leads back to itself ends', () => {
  const error = new Error('loop');
  error.cause = error;
  expect(lines({}, (to) => to.error('x', { error }))).toHaveLength(1);
});

test('what JSON cannot say is said all the same', () => {
  const circular: Record<string, unknown> = {};
  circular.self = circular;
  expect(lines({}, (to) => to.warn('x', circular))).toEqual([
    { level: 'warn', message: 'x', unwritable: expect.stringContaining('circular') },
  ]);
  expect(lines({}, (to) => to.info('x', { n: 2n }))[0].n).toBe('2');
});
