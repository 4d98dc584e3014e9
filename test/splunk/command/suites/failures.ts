/** What goes wrong is said without a password, and the rows that are there are kept. */
import { beforeAll, describe, expect, test } from '@jest/globals';
import type { Site } from '../rig/site.ts';
import { startSplunkd } from '../rig/splunkd.ts';

const RANGE = ['start_time=2026-06-01', 'end_time=2026-06-02'];
const AT = '2026-06-01T12:00:00Z';
const SECRET = 'correct-horse-battery';

export function failures({ search, index, ask, splunkd }: Site): void {
  describe('failures', () => {
    beforeAll(async () => {
      for (const [name, type] of [
        ['half-a', 'keyword'],
        ['half-b', 'text'],
      ])
        await ask('PUT', `/${name}`, { mappings: { properties: { '@timestamp': { type: 'date' }, s: { type } } } });
      await index(
        ['half-a', 'half-b'].flatMap((each) =>
          [1, 2].map((n) => ({ index: each, source: { '@timestamp': AT, s: `${n}` } })),
        ),
      );
      await ask('PUT', '/empty', {});
    });

    test.each(['size=10', 'size=20000'])(
      'a shard that fails is a warning, the rows of the others are kept (%s)',
      async (size) => {
        const { rows, warnings, errors } = await search(['index=half-*', 'sort=s', size, ...RANGE]);
        expect(rows.map((row) => [row.index, row.s])).toEqual([
          ['half-a', '1'],
          ['half-a', '2'],
        ]);
        expect(errors).toEqual([]);
        expect(warnings).toEqual([
          expect.stringMatching(/^1 of 2 shards failed, so rows are missing: Text fields are not/),
        ]);
      },
    );

    test('all shards failing is an error with the reason', async () => {
      const { rows, errors } = await search(['index=half-b', 'sort=s', ...RANGE]);
      expect(rows).toEqual([]);
      expect(errors).toEqual([expect.stringMatching(/^OpenSearch answered 400: Text fields are not/)]);
    });

    test('a wrong password is told without it', async () => {
      const { connections, secrets } = splunkd();
      connections.set('wrong', connections.get('main')!);
      secrets.set('wrong', SECRET);
      const result = await search(['index=half-*', 'connection=wrong', ...RANGE]);
      expect(result.errors).toEqual([expect.stringMatching(/^OpenSearch answered 401: the user name or the secret/)]);
      expect(JSON.stringify(result)).not.toContain(SECRET);
      expect(JSON.stringify(result)).not.toContain(Buffer.from(`admin:${SECRET}`).toString('base64'));
    });

    test('a password in the search is not repeated', async () => {
      const { errors, code, stderr } = await search(['index=half-*', `password=${SECRET}{}`, 'record=true', 'stray']);
      expect(errors).toEqual([expect.stringMatching(/^not an option: password, record, stray\. Options: agg, by, /)]);
      expect(`${errors}${stderr}`).not.toContain(SECRET);
      expect(code).toBe(1);
    });

    test('a connection can not be made up, and others are named', async () => {
      const { errors } = await search(['index=half-*', 'connection=nowhere', ...RANGE]);
      expect(errors).toEqual([expect.stringMatching(/^there is no connection "nowhere" .* Connections: .*main/)]);
    });

    test('a role that may not read secrets is told what it needs', async () => {
      const { connections } = splunkd();
      connections.set('secretless', connections.get('main')!);
      const { errors } = await search(['index=half-*', 'connection=secretless', ...RANGE]);
      expect(errors).toEqual([expect.stringContaining('list_storage_passwords')]);
    });

    test('a session that splunkd does not know is no way in', async () => {
      const { errors, rows } = await search(['index=half-*'], { sessionKey: 'another-session-key' });
      expect([rows, errors]).toEqual([[], ['splunkd does not accept the session of this search']]);
    });

    test('a certificate of an unknown authority is refused', async () => {
      const { connections, secrets } = splunkd();
      connections.set('untrusted', { ...connections.get('main'), ca_file: '' });
      secrets.set('untrusted', SECRET);
      const { errors } = await search(['index=half-*', 'connection=untrusted', ...RANGE]);
      expect(errors).toEqual([expect.stringMatching(/can't be verified .*: set ca_file of the connection/)]);
    });

    test('an address where nobody listens is told after the retries', async () => {
      const gone = await startSplunkd();
      await gone.stop();
      const { connections } = splunkd();
      connections.set('gone', { url: gone.uri, auth: 'none', retries: 1 });
      const { errors } = await search(['index=half-*', 'connection=gone', ...RANGE]);
      expect(errors).toEqual([expect.stringMatching(/^127\.0\.0\.1:\d+ can't be reached: .*refused/)]);
    });

    test('an index that does not exist is told, one without documents is not', async () => {
      expect((await search(['index=nothing-*', ...RANGE])).warnings).toEqual([
        'no index is called "nothing-*" or may be read',
      ]);
      expect((await search(['index=nothing', ...RANGE])).errors).toEqual([
        'OpenSearch answered 404: no such index [nothing]',
      ]);
      const { warnings, errors, rows } = await search(['index=empty', ...RANGE]);
      expect([warnings, errors, rows]).toEqual([[], [], []]);
    });
  });
}
