/** What Splunk's own validator does not look at: names that lead nowhere. One sentence a fault. */

export interface Known {
  /** Names of the options that each type of panel has. */
  readonly options: Readonly<Record<string, readonly string[]>>;
  /** `name` or `name(1)`, as in macros.conf. */
  readonly macros: ReadonlySet<string>;
  /** Stanzas of transforms.conf that are lookups. */
  readonly lookups: ReadonlySet<string>;
  readonly views: ReadonlySet<string>;
}

interface Part {
  readonly type: string;
  readonly options?: Readonly<Record<string, unknown>>;
  readonly dataSources?: Readonly<Record<string, string>>;
  readonly context?: Readonly<Record<string, unknown>>;
  readonly eventHandlers?: readonly { readonly type: string; readonly options: { readonly url?: string } }[];
}

interface Block {
  readonly item: string;
  readonly position: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
}

export interface Checkable {
  readonly dataSources: Readonly<Record<string, Part>>;
  readonly visualizations: Readonly<Record<string, Part>>;
  readonly inputs: Readonly<Record<string, Part>>;
  readonly layout: { readonly options: { readonly width: number }; readonly structure: readonly Block[] };
}

export function faultsOf(definition: Checkable, known: Known): string[] {
  return [
    ...sourceFaults(definition, known),
    ...panelFaults(definition, known),
    ...tokenFaults(definition),
    ...placeFaults(definition),
  ];
}

function sourceFaults({ dataSources, visualizations }: Checkable, { macros, lookups }: Known): string[] {
  const used = new Set(Object.values(visualizations).flatMap((each) => Object.values(each.dataSources ?? {})));
  return Object.entries(dataSources).flatMap(([id, { type, options = {} }]) => {
    const { query, extend } = options;
    if (typeof query !== 'string' || query.trim() === '') return [`${id} has no query`];
    const faults = type === 'ds.chain' ? chainFaults(id, query, extend, dataSources) : [];
    if (type === 'ds.chain') used.add(String(extend));
    for (const [, name, list] of query.matchAll(/`(\w+)(?:\(([^`]*)\))?`/g)) {
      const macro = list === undefined ? name : `${name}(${list.split(',').length})`;
      if (!macros.has(macro)) faults.push(`${id} uses the macro ${macro}, which is not in macros.conf`);
    }
    for (const [, name] of query.matchAll(/\|\s*(?:input|output)?lookup\s+(?:\w+=\S+\s+)*(\w+)/g)) {
      if (!lookups.has(name)) faults.push(`${id} uses the lookup ${name}, which is not in transforms.conf`);
    }
    return [
      ...faults,
      ...quoteFaults(id, query),
      ...(isUsed(id, used, dataSources) ? [] : [`${id} is used by nothing`]),
    ];
  });
}

const isUsed = (id: string, used: ReadonlySet<string>, all: Checkable['dataSources']): boolean =>
  used.has(id) || Object.values(all).some(({ options }) => options?.extend === id);

function chainFaults(id: string, query: string, base: unknown, all: Checkable['dataSources']): string[] {
  const faults = query.trimStart().startsWith('|') ? [] : [`${id} goes on from a search and does not begin with |`];
  const found = all[String(base)];
  if (found === undefined) return [...faults, `${id} goes on from ${String(base)}, which does not exist`];
  return found.type === 'ds.search'
    ? faults
    : [...faults, `${id} goes on from ${String(base)}, which is not a search of its own`];
}

/** Quotes and brackets that are opened are closed. */
function quoteFaults(id: string, query: string): string[] {
  const bare = query.replaceAll(/"(?:[^"\\]|\\.)*"/g, '').replaceAll(/'[^']*'/g, '');
  const count = (char: string) => bare.split(char).length - 1;
  const isOpen = /["']/.test(bare) || count('(') !== count(')') || count('[') !== count(']') || count('`') % 2 !== 0;
  return isOpen ? [`${id} leaves a quote or a bracket open`] : [];
}

/** https://docs.splunk.com/Documentation/Splunk/latest/DashStudio/dashDyn */
const FORMATTERS = new Set(
  'seriesByName seriesByIndex seriesByType seriesByPrioritizedTypes frameBySeriesNames frameBySeriesIndexes frameBySeriesIndexRange frameBySeriesTypes frameWithoutSeriesNames frameWithoutSeriesIndexes firstPoint lastPoint delta formatByType getField getRawField getType min max rangeValue matchValue gradient maxContrast multiFormat pick prefix renameSeries setColorChannel type'.split(
    ' ',
  ),
);
const DRILLDOWNS = new Set([
  'drilldown.customUrl',
  'drilldown.linkToDashboard',
  'drilldown.linkToSearch',
  'drilldown.setToken',
]);

function panelFaults({ visualizations, dataSources }: Checkable, { options: known, views }: Known): string[] {
  return Object.entries(visualizations).flatMap(
    ([id, { type, options = {}, dataSources: used = {}, context = {}, eventHandlers = [] }]) => {
      const missing = Object.values(used).filter((each) => dataSources[each] === undefined);
      const names = new Set(known[type] ?? []);
      const misspelt = Object.keys(options).filter((name) => !names.has(name));
      const links = eventHandlers.map((each) => /^\/app\/bongsu\/(\w+)/.exec(each.options.url ?? '')?.[1]);
      return [
        ...(Object.keys(used).length === 0 ? [`${id} has no data source`] : []),
        ...missing.map((each) => `${id} shows ${each}, which does not exist`),
        ...misspelt.map((name) => `${id} sets ${name}, which ${type} does not have`),
        ...dslFaults(id, options, context),
        ...eventHandlers
          .filter((each) => !DRILLDOWNS.has(each.type))
          .map((each) => `${id} has the unknown event handler ${each.type}`),
        ...links
          .filter((view) => view !== undefined && !views.has(view))
          .map((view) => `${id} opens the view ${view}, which does not exist`),
      ];
    },
  );
}

/** `> primary | seriesByName('x') | rangeValue(name)`: functions that exist, names that stand in the context. */
function dslFaults(id: string, value: unknown, context: Readonly<Record<string, unknown>>): string[] {
  if (typeof value === 'object' && value !== null)
    return Object.values(value).flatMap((each) => dslFaults(id, each, context));
  if (typeof value !== 'string' || !value.startsWith('>')) return [];
  return value
    .slice(1)
    .split('|')
    .slice(1)
    .flatMap((step) => {
      const [, name = step.trim(), list = ''] = /^\s*(\w+)\((.*)\)\s*$/.exec(step) ?? [];
      const unknown = FORMATTERS.has(name) ? [] : [`${id} formats by ${name}, which does not exist`];
      const asked = list.split(',').map((each) => each.trim());
      const absent = asked.filter((each) => /^[A-Za-z_]\w*$/.test(each) && context[each] === undefined);
      return [...unknown, ...absent.map((each) => `${id} formats by ${each}, which is not in its context`)];
    });
}

function tokenFaults(definition: Checkable): string[] {
  const defined = new Set(Object.values(definition.inputs).map(({ options }) => String(options?.token)));
  const { dataSources, visualizations } = definition;
  const text = JSON.stringify({
    dataSources,
    visualizations,
    defaults: (definition as { defaults?: unknown }).defaults,
  });
  const used = [...text.matchAll(/\$([A-Za-z_][\w.]*?)(?:\|\w)?\$/g)].map(([, name]) => name);
  const asked = [...new Set(used)].filter((name) => !/^(row|click|trellis)\./.test(name));
  return asked.filter((name) => !defined.has(name.split('.')[0])).map((name) => `$${name}$ is set by no input`);
}

function placeFaults({ layout, visualizations }: Checkable): string[] {
  const { structure, options } = layout;
  const outside = structure.filter(
    ({ position: { x, y, w, h } }) => x < 0 || y < 0 || w <= 0 || h <= 0 || x + w > options.width,
  );
  const crossing = structure.flatMap((a, at) =>
    structure
      .slice(at + 1)
      .filter((b) => overlap(a, b))
      .map((b) => [a.item, b.item]),
  );
  const placed = new Set(structure.map(({ item }) => item));
  return [
    ...outside.map(({ item }) => `${item} is outside of the page`),
    ...crossing.map(([a, b]) => `${a} and ${b} overlap`),
    ...Object.keys(visualizations)
      .filter((id) => !placed.has(id))
      .map((id) => `${id} has no place`),
  ];
}

const overlap = ({ position: a }: Block, { position: b }: Block): boolean =>
  a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
