/** The clients that the page names, against what the bundler finds. */
import { expect, test } from '@jest/globals';
import { functionNames } from '../../../scripts/deploy/functions.ts';
import { clientsOf, endpointsOf } from '../../../scripts/generate/endpoints.ts';
import { inputsOf } from '../../inputs.ts';

/** Clients of the SDK that the bundle of a function would have. */
async function bundled(name: string): Promise<readonly string[]> {
  const inputs = await inputsOf([`functions/${name}/handler.ts`]);
  const imported = Object.values(inputs).flatMap(({ imports }) => imports.map(({ path }) => path));
  return imported.flatMap((path) => /^@aws-sdk\/client-([a-z0-9-]+)$/.exec(path)?.[1] ?? []);
}

test.each(functionNames)('%s: no service that it calls is missing on the page', async (name) => {
  const signed = name === 'securityhub' ? ['securityhub'] : []; // called without the SDK's client
  expect(clientsOf(name)).toEqual([...new Set([...(await bundled(name)), ...signed])].toSorted());
});

test('each service has an endpoint', () => {
  for (const name of functionNames) expect(endpointsOf(name).length).toBeGreaterThan(0);
});
