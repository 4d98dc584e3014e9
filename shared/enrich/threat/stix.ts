/**
 * A STIX 2.1 bundle: its indicators whose pattern names addresses or domains. Revoked ones are left out.
 * https://docs.oasis-open.org/cti/stix/v2.1/os/stix-v2.1-os.html#_muftrcpnf89v
 */
import { type About, type Block, type Entry, type Host, hostOf, type Skip, targetOf } from './indicator.ts';
import { aboutOf, type Fields, isFields, listOf, textOf } from './json.ts';
import { comparisonsIn } from './pattern.ts';

/** undefined: not a bundle. */
export function fromStix(provider: string, value: unknown): Iterable<Entry> | undefined {
  return isFields(value) && value.type === 'bundle' ? entriesOf(provider, listOf(value.objects)) : undefined;
}

function* entriesOf(provider: string, objects: readonly Fields[]): Generator<Entry> {
  for (const object of objects) {
    if (object.type !== 'indicator') continue;
    if (object.revoked === true) {
      yield 'revoked';
      continue;
    }
    const isStix = (object.pattern_type ?? 'stix') === 'stix';
    const found = isStix && typeof object.pattern === 'string' ? comparisonsIn(object.pattern) : undefined;
    if (found === undefined) {
      yield 'unsupported';
      continue;
    }
    const about = aboutIn(provider, object);
    for (const { operator, text } of found) {
      const target = operator === 'LIKE' ? below(text) : targetOf(text);
      yield typeof target === 'string' ? target : { name: text.toLowerCase().replace(/^%/, '*'), target, about };
    }
  }
}

/** `%.example.com` alone is a set of names that can be looked up. */
function below(text: string): Host | Block | Skip {
  return /^%\.[^%_]+$/.test(text) ? hostOf(`*${text.slice(1)}`) : 'unsupported';
}

function aboutIn(provider: string, object: Fields): About {
  const until = typeof object.valid_until === 'string' ? Date.parse(object.valid_until) : Number.NaN;
  const [reference] = listOf(object.external_references).flatMap(({ url }) => textOf(url) ?? []);
  return aboutOf({
    provider,
    description: textOf(object.name) ?? textOf(object.description),
    confidence: confidenceOf(object.confidence),
    reference,
    until: Number.isNaN(until) ? undefined : until,
  });
}

/** https://docs.oasis-open.org/cti/stix/v2.1/os/stix-v2.1-os.html#_1v6elyto0uqg */
function confidenceOf(value: unknown): About['confidence'] {
  if (typeof value !== 'number' || !(value >= 0)) return undefined;
  if (value < 1) return 'None';
  if (value < 30) return 'Low';
  return value < 70 ? 'Medium' : 'High';
}
