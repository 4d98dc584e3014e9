/**
 * Sigma YAML → rules and correlations. A file may hold several documents: rules that carry a `name` and the correlation that
 * refers to them. https://sigmahq.io/sigma-specification/specification/sigma-rules-specification.html
 */
import { joined, matchOf, type Searches } from './condition.ts';
import { correlationOf } from './correlation.ts';
import type { About, Detection, Level, Logsource, Match, Rule } from './model.ts';
import { RuleRefusal } from './refusal.ts';
import { itemOf } from './values.ts';
import { documentsIn, type Fields, isFields, textsIn } from './yaml.ts';

/** In: a file's text and its name without an ending. Throws RuleRefusal. */
export function parse(text: string, file: string): readonly Detection[] {
  let documents: readonly unknown[];
  try {
    documents = documentsIn(text);
  } catch (error) {
    throw new RuleRefusal(file, (error as Error).message);
  }
  if (documents.length === 0) throw new RuleRefusal(file, 'the file has no rule');
  const rules = new Map<string, Rule>();
  const found: Detection[] = [];
  for (const document of documents) {
    const [detection, isNamed] = detectionOf(document, file, rules);
    if (found.some(({ name }) => name === detection.name))
      throw new RuleRefusal(detection.name, 'the file has two rules of this name: give each a name');
    if (detection.kind === 'rule' && isNamed) rules.set(detection.name, detection);
    found.push(detection);
  }
  const correlations = found.filter((each) => each.kind === 'correlation');
  const parts = new Set(correlations.flatMap((each) => each.rules.map(({ name }) => name)));
  return found.filter(({ name }) => !parts.has(name));
}

function detectionOf(
  document: unknown,
  file: string,
  rules: ReadonlyMap<string, Rule>,
): [detection: Detection, isNamed: boolean] {
  if (!isFields(document)) throw new RuleRefusal(file, 'a document is not a rule');
  const isNamed = typeof document.name === 'string';
  const about = aboutOf(document, file, isNamed ? String(document.name) : file);
  try {
    if (isFields(document.correlation)) return [correlationOf(document.correlation, about, rules), isNamed];
    const rule: Rule = {
      ...about,
      kind: 'rule',
      logsource: logsourceOf(document.logsource),
      match: detectionMatch(document.detection),
    };
    return [rule, isNamed];
  } catch (error) {
    if (error instanceof RuleRefusal) throw error;
    throw new RuleRefusal(about.name, (error as Error).message);
  }
}

const LEVELS: readonly string[] = ['informational', 'low', 'medium', 'high', 'critical'];

function aboutOf(document: Fields, file: string, name: string): About {
  const text = (key: string) => (typeof document[key] === 'string' ? document[key].trim().replace(/\s+/g, ' ') : '');
  const texts = (key: string) => textsIn(document[key]);
  const title = text('title');
  if (title === '') throw new RuleRefusal(name, 'it has no title');
  const level = String(document.level ?? 'medium');
  if (!LEVELS.includes(level)) throw new RuleRefusal(name, `its level "${level}" is not one of ${LEVELS.join(', ')}`);
  const attack = texts('tags').filter((tag) => tag.startsWith('attack.'));
  const tags = attack.map((tag) => tag.slice('attack.'.length));
  return {
    name,
    file,
    title,
    id: text('id'),
    status: text('status'),
    description: text('description'),
    references: texts('references'),
    techniques: tags.filter((tag) => /^t\d{4}/.test(tag)).map((tag) => tag.toUpperCase()),
    tactics: tags.filter((tag) => /^[a-z]+(-[a-z]+)*$/.test(tag)),
    level: level as Level,
    falsepositives: texts('falsepositives'),
    response: texts('response'),
    fields: texts('fields'),
    pivot: texts('pivot'),
    per: texts('per'),
  };
}

function logsourceOf(given: unknown): Logsource {
  const { product, service } = isFields(given) ? given : {};
  if (typeof product !== 'string' || typeof service !== 'string') {
    throw new Error('its logsource needs a product and a service');
  }
  return { product, service };
}

function detectionMatch(given: unknown): Match {
  if (!isFields(given)) throw new Error('it has no detection');
  const { condition, timeframe, ...searches } = given;
  if (timeframe !== undefined) throw new Error('timeframe is not supported: write a correlation');
  if (typeof condition !== 'string') throw new Error('its detection needs one condition');
  const odd = Object.keys(searches).find((name) => /^(on|off|yes|no|y|n|true|false|null)$/i.test(name));
  if (odd !== undefined)
    throw new Error(`its search is called "${odd}", which other readers of YAML take for a boolean`);
  const found: Searches = new Map(Object.entries(searches).map(([name, search]) => [name, searchOf(search, name)]));
  return matchOf(condition, found);
}

/** Members of an object must all hold, of a list of objects one has to. */
function searchOf(search: unknown, name: string): Match {
  if (Array.isArray(search) && search.length > 0) {
    return joined(
      'or',
      search.map((each) => searchOf(each, name)),
    );
  }
  if (!isFields(search)) throw new Error(`"${name}" searches without a field, which is not supported`);
  const items = Object.entries(search).map(([key, value]) => itemOf(key, value));
  if (items.length === 0) throw new Error(`"${name}" is empty`);
  return joined('and', items);
}
