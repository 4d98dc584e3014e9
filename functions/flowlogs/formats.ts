/**
 * Formats of flow logs without a header line, as CloudWatch Logs and Firehose deliver them. AWS's two default formats are
 * always known; others are configured, for all log groups or for one.
 */
import type { FlowlogFormat } from '../../shared/model.ts';
import { DEFAULT_FORMAT, TGW_FORMAT } from './fields.ts';

/**
 * Returns a function that finds the format of a body by its first line: configured formats come before the defaults, those of
 * the body's own log group come first. Undefined: none fits.
 */
export const headless =
  (formats: readonly FlowlogFormat[]) =>
  (columns: readonly string[], uri = ''): readonly string[] | undefined => {
    const [, group] = /^cloudwatchlogs:(.*)\/[^/]*@/.exec(uri) ?? [];
    const own = formats.filter((each) => each.group !== undefined && each.group === group);
    const common = formats.filter((each) => each.group === undefined);
    const candidates = [...own, ...common].map(({ names }) => names);
    return [...candidates, DEFAULT_FORMAT, TGW_FORMAT].find((names) => fits(columns, names));
  };

/** What some columns look like; an absent value is `-`. A wrong format hardly ever fits all of them. */
const SHAPES: Readonly<Record<string, RegExp>> = {
  version: /^\d+$/,
  'resource-type': /^TransitGateway$/,
  'account-id': /^(\d{12}|unknown)$/,
  'interface-id': /^eni-/,
  srcaddr: /^[\da-f.:]+$/i,
  dstaddr: /^[\da-f.:]+$/i,
  srcport: /^\d{1,5}$/,
  dstport: /^\d{1,5}$/,
  start: /^\d{9,}$/,
  end: /^\d{9,}$/,
  action: /^(ACCEPT|REJECT)$/,
  'log-status': /^[A-Z]+$/,
};

const fits = (columns: readonly string[], names: readonly string[]): boolean =>
  columns.length === names.length &&
  names.every((name, i) => columns[i] === '-' || (SHAPES[name]?.test(columns[i]) ?? true)) &&
  (names !== DEFAULT_FORMAT || columns[0] === '2');
