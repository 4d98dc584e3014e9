/**
 * The parts of a domain name by the public suffix list: what its owner registered, and what stands in front of it.
 * Suffixes that companies give away below their own domain (github.io, s3.amazonaws.com) count too: who has such a name is
 * not that company. The list comes with tldts, of the day of its version.
 * https://publicsuffix.org · https://www.elastic.co/docs/reference/ecs/ecs-dns
 */
import { parse } from 'tldts';

export interface Domain {
  /** Lower case, without the dot at the end. */
  readonly name: string;
  /** `example.co.uk` of `www.example.co.uk`; undefined for a suffix itself, a name of one label and an address. */
  readonly registered: string | undefined;
  /** `www` */
  readonly subdomain: string | undefined;
  /** `co.uk` */
  readonly suffix: string | undefined;
}

const OPTIONS = { allowPrivateDomains: true, extractHostname: false, validateHostname: false };

/** In: a name as DNS or a Host header has it, without a port. */
export function domain(text: string): Domain {
  const lower = text.toLowerCase();
  const name = lower.endsWith('.') ? lower.slice(0, -1) : lower;
  const { domain: registered, subdomain, publicSuffix, isIp } = parse(name, OPTIONS);
  if (isIp) return { name, registered: undefined, subdomain: undefined, suffix: undefined };
  return {
    name,
    registered: registered || undefined,
    subdomain: subdomain || undefined,
    suffix: publicSuffix || undefined,
  };
}
