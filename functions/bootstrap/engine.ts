/**
 * Templates by the engine that takes them: `opensearch/` is written for the newest, and what an older one does not know is
 * left out, since it would refuse the whole template.
 * https://docs.aws.amazon.com/opensearch-service/latest/developerguide/features-by-version.html
 */
import type { Api } from './api.ts';

/** Settings under `template.settings.index`, and the first version of OpenSearch that has them. */
const SINCE: Readonly<Record<string, string>> = {
  derived_source: '3.1', // older ones store each document a second time, as its source
};

interface Templated {
  readonly template?: { readonly settings?: { readonly index?: Readonly<Record<string, unknown>> } };
}

/** In: a template's body, and `version.number` of `GET /`. A domain in compatibility mode says 7.10.2, and counts as old. */
export function forEngine<T extends Templated>(body: T, version: string): T {
  const { template } = body;
  if (template?.settings?.index === undefined) return body;
  const known = Object.entries(template.settings.index).filter(([name]) => isFrom(version, SINCE[name]));
  return { ...body, template: { ...template, settings: { ...template.settings, index: Object.fromEntries(known) } } };
}

/** Whether engines get this template otherwise. */
export const dependsOnEngine = ({ template }: Templated): boolean =>
  Object.keys(template?.settings?.index ?? {}).some((name) => Object.hasOwn(SINCE, name));

/** `3.4.0`; '' where nothing says so, as of a serverless collection. Throws DeliveryError. */
export async function engineOf(api: Api): Promise<string> {
  const root = (await api({ method: 'GET', path: '/' })) as { version?: { number?: string } } | undefined;
  return root?.version?.number ?? '';
}

function isFrom(version: string, first: string | undefined): boolean {
  if (first === undefined) return true;
  const [major, minor] = version.split('.').map(Number);
  const [leastMajor, leastMinor] = first.split('.').map(Number);
  // Elasticsearch's 7.10 is older than OpenSearch's 1.0
  return major < 7 && (major > leastMajor || (major === leastMajor && minor >= leastMinor));
}
