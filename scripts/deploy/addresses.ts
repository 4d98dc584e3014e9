/** Addresses that a user may give: of OpenSearch and HEC endpoints, and of places in S3. */
import { isSecure } from '../../shared/sink/delivery/secure.ts';
import { type Parameter, text } from './kinds.ts';

const FOLDER = /^file:[^\s,]+$/;

/**
 * An https address of a host and perhaps a port, without anything behind; http only for this machine, since it shows the
 * credentials to everyone on the way. Out: the same without a slash at its end; undefined for anything else.
 */
export function endpointIn(given: string): string | undefined {
  const url = /[\s,?#\\]/.test(given) ? null : URL.parse(given);
  if (url === null || !isSecure(url) || !isHost(url.hostname) || url.port === '0') return undefined;
  if (url.pathname !== '/' || url.username !== '' || url.password !== '' || given.includes('@')) return undefined;
  return given.replace(/\/$/, '');
}

/** https://www.rfc-editor.org/rfc/rfc1123#section-2.1, and an IPv6 address in brackets. */
const isHost = (name: string): boolean =>
  /^(\[[0-9a-f:.]+\]|[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*)$/.test(name);

/** One address, `file:<folder>`, or one of the words. */
export const address = (expected: string, words: readonly string[] = []): Parameter<string> => ({
  expected,
  fallback: '',
  parse: (given) => (words.includes(text(given)) || FOLDER.test(text(given)) ? text(given) : endpointIn(text(given))),
});

/** Several addresses with commas between, each once, or `file:<folder>`. */
export const addresses = (expected: string): Parameter<string> => ({
  expected,
  fallback: '',
  parse: (given) => {
    if (FOLDER.test(text(given))) return text(given);
    const found = text(given)
      .split(',')
      .map((each) => endpointIn(each.trim()));
    const areDistinct = new Set(found).size === found.length;
    return found.every((each) => each !== undefined) && areDistinct ? found.join(',') : undefined;
  },
});

/** Whether an address leads to the machine that it is used on. */
export const isLoopback = (url: string): boolean => {
  const { hostname = '' } = URL.parse(url) ?? {};
  return hostname !== '' && isSecure(new URL(`http://${hostname}`));
};

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html */
export const isBucket = (name: string): boolean =>
  /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name) && !/\.\.|^\d+\.\d+\.\d+\.\d+$|^xn--|^sthree-|-s3alias$/.test(name);

/** `s3://<bucket>/<prefix>` or one of the words; the prefix may be left out where it is optional. */
export const placeIn = (
  expected: string,
  words: readonly string[],
  { isPrefixNeeded = false }: { isPrefixNeeded?: boolean } = {},
): Parameter<string> => ({
  expected,
  fallback: words[0],
  parse: (given) => {
    if (words.includes(text(given))) return text(given);
    const [, bucket = '', prefix] = /^s3:\/\/([^/]+)(\/[\w./-]*\w)?$/.exec(text(given)) ?? [];
    const isPlace = isBucket(bucket) && (prefix !== undefined || !isPrefixNeeded);
    return isPlace ? text(given) : undefined;
  },
});
