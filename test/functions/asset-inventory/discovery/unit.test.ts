/** What one list of a type becomes: its lines and its row, whatever AWS or a record does. */
import { describe, expect, test } from '@jest/globals';
import { createApiClient } from '../../../../functions/asset-inventory/discovery/apiclient.ts';
import { type Declaration, declare } from '../../../../functions/asset-inventory/discovery/declaration.ts';
import { rateLimit } from '../../../../functions/asset-inventory/discovery/ratelimit.ts';
import { listUnit } from '../../../../functions/asset-inventory/discovery/unit.ts';
import { keys, type Plan, type Unit } from '../../../../functions/asset-inventory/run/model.ts';
import { foundIn } from '../../../../functions/asset-inventory/run/parts.ts';
import { store } from '../../../../functions/asset-inventory/run/store.ts';
import { memoryS3 } from '../run/estate.ts';

const UNIT: Unit = { account: '123456789012', region: 'eu-west-1', pack: 'net' };
const ACTION = 'x:List';

const errorOf = (name: string, message: string, httpStatusCode = 400) =>
  Object.assign(new Error(message), { name, $metadata: { httpStatusCode } });

/** Pages of records; an error in place of a page is thrown. */
type Page = readonly string[] | Error;

function typeOf(
  pages: readonly Page[],
  sent: (at: { client: (kind: typeof Client) => Client }) => void = () => {},
): Declaration {
  return declare<string>({
    type: 'AWS::X::Y',
    class: 'network',
    scope: 'region',
    pack: 'net',
    actions: [ACTION],
    async list(at, cursor) {
      const nth = Number(cursor ?? 0);
      const page = await at.call(ACTION, async () => {
        sent(at as never);
        const next = pages[nth];
        if (next instanceof Error) throw next;
        return next;
      });
      return { records: page as readonly string[], ...(nth + 1 < pages.length && { next: String(nth + 1) }) };
    },
    asset(id) {
      if (id === 'bad') throw new TypeError("Cannot read properties of undefined (reading 'length')");
      return { id, nativeId: id };
    },
  });
}

class Client {
  readonly credentials: () => Promise<unknown>;
  constructor({ credentials }: { credentials: () => Promise<unknown> }) {
    this.credentials = credentials;
  }
}

interface Sessions {
  readonly given: (boolean | undefined)[];
}

async function found(declaration: Declaration, { given }: Sessions = { given: [] }) {
  const { signal } = new AbortController();
  const place = store(memoryS3().s3, 'b', signal);
  const credentials = async (options?: { readonly forceRefresh?: boolean }) => {
    given.push(options?.forceRefresh);
    return { accessKeyId: 'a', secretAccessKey: 's' };
  };
  const config = { credentials, maxAttempts: 1, customUserAgent: 't' };
  const api = createApiClient({
    partition: 'aws',
    ...UNIT,
    config: config as never,
    limit: rateLimit(),
    signal,
    baseMs: 1,
  });
  const context = { store: place, declarations: [declaration], api, isOver: () => false, now: () => 0 };
  await listUnit({ run: 'r', unit: UNIT, part: 0, cursor: undefined }, context);
  expect((await place.read(keys.done('r', UNIT)))?.value).toEqual({ parts: 1 });
  const plan = { run: 'r', units: [UNIT], blocked: [], accounts: [{ id: UNIT.account }] } as unknown as Plan;
  const { seen, rows } = (await foundIn(place, plan, UNIT.account, UNIT.region))!;
  return { ids: seen.map(({ id }) => id), row: rows[0] };
}

describe('a list', () => {
  test('of which one record throws keeps all others, and is no proof', async () => {
    const { ids, row } = await found(typeOf([['a', 'bad', 'b'], ['c']]));
    expect(ids).toEqual(['a', 'b', 'c']);
    expect(row).toMatchObject({ status: 'partial', items: 3, code: 'InvalidRecord' });
    expect(row.message).toContain('a record of AWS::X::Y is left out: Cannot read properties of undefined');
  });

  test('whose region is turned off after its first page says so', async () => {
    const off = errorOf('AuthFailure', 'AWS was not able to validate the provided access credentials', 401);
    const { ids, row } = await found(typeOf([['a'], off]));
    expect(ids).toEqual(['a']);
    expect(row).toMatchObject({ status: 'region_disabled', code: 'AuthFailure' });
  });

  test('that fails after its first page otherwise is known in part', async () => {
    const { row } = await found(typeOf([['a'], errorOf('InternalError', 'oops', 400)]));
    expect(row).toMatchObject({ status: 'partial', code: 'InternalError' });
  });

  test.each([
    ['because no permissions boundary allows the x:List action', 'denied', 'permissions boundary'],
    ['because no session policy allows the x:List action', 'denied', 'session policy'],
    ['with an explicit deny in a resource control policy', 'denied', 'resource control policy'],
    ['because no service control policy allows the x:List action', 'scp_denied', 'service control policy'],
  ])('that is denied %s names the policy', async (why, status, deniedBy) => {
    const error = errorOf(
      'AccessDeniedException',
      `User: arn:aws:iam::1:role/r is not authorized to perform: x:List ${why}`,
    );
    const { row } = await found(typeOf([error]));
    expect(row).toMatchObject({ status, deniedBy, missing: [ACTION] });
  });

  test.each(['ExpiredToken', 'ExpiredTokenException', 'RequestExpired'])(
    'is asked for again with new credentials after %s',
    async (name) => {
      const pages: Page[] = [errorOf(name, 'The security token included in the request is expired')];
      const given: (boolean | undefined)[] = [];
      const asked: Promise<unknown>[] = [];
      const type = typeOf(pages, (at) => {
        asked.push(at.client(Client).credentials());
        if (asked.length === 2) pages[0] = ['a'];
      });
      const { ids, row } = await found(type, { given });
      await Promise.all(asked);
      expect(ids).toEqual(['a']);
      expect(row).toMatchObject({ status: 'ok', calls: 2, retries: 1 });
      expect(given).toEqual([undefined, true]);
    },
  );

  test('whose credentials stay expired fails after the second attempt', async () => {
    const { row } = await found(
      typeOf([errorOf('ExpiredToken', 'The security token included in the request is expired')]),
    );
    expect(row).toMatchObject({ status: 'error', code: 'ExpiredToken', calls: 2 });
  });
});
