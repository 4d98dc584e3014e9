/** Which assets of ours an event is about: who called, from where, and what was called. */

import { type Each, JsonFields, STRING } from '../../shared/decode/jsonfields.ts';
import type { Rendered } from '../../shared/enrich/assets.ts';
import type { Finder } from '../../shared/enrich/finder.ts';
import type { FieldMap } from '../../shared/transform/bytes/compile.ts';

const READ = {
  key: 'userIdentity.accessKeyId',
  principal: 'userIdentity.principalId',
  issuer: 'userIdentity.sessionContext.sessionIssuer.arn',
  arn: 'userIdentity.arn',
  address: 'derived.ip',
} as const;

/** Paths that are read here. */
export const ASSETS: readonly string[] = Object.values(READ);

const COLON = 58;
const MOST = 16;

/** The ARNs of an event's `resources`, while it is being read. */
export class Resources implements Each {
  readonly fields = new JsonFields([{ name: 'ARN', isFree: false }]);
  count = 0;
  readonly starts = new Int32Array(MOST);
  readonly ends = new Int32Array(MOST);

  begin(): void {
    this.count = 0;
  }

  look(): void {
    const { kinds, starts, ends } = this.fields;
    if (kinds[0] !== STRING || this.count === MOST) return;
    this.starts[this.count] = starts[0];
    this.ends[this.count++] = ends[0];
  }
}

type Find = (time: number) => Rendered | undefined;

/** At a time in epoch milliseconds, of the record that is being written. */
export interface Called {
  /** The user or role whose credentials were used. */
  readonly principal: Find;
  /** The instance whose role it was, or what had the address. */
  readonly origin: Find;
  /** The first of the resources that is ours; of events that name none, the principal. */
  readonly subject: Find;
}

export function called({ fields, indexOf }: FieldMap, resources: Resources, find: Finder): Called {
  const { kinds, starts, ends } = fields;
  const [key, principal, issuer, arn, address] = ASSETS.map(indexOf);

  /** `AROA…:i-0abc…`: the unique id of a role and the name of its session, which is the instance's id on EC2. */
  function colon(): number {
    let at = starts[principal];
    while (at < ends[principal] && fields.bytes[at] !== COLON) at++;
    return at;
  }
  const role: Find = (time) => (kinds[principal] === STRING ? find.name(starts[principal], colon(), time) : undefined);
  const instance: Find = (time) =>
    kinds[principal] === STRING ? find.name(colon() + 1, ends[principal], time) : undefined;
  const whose: Find = (time) => find.named([key], time) ?? role(time) ?? find.named([issuer, arn], time);

  return {
    principal: whose,
    origin: (time) => instance(time) ?? find.address(address, undefined, undefined, time),
    subject(time) {
      for (let i = 0; i < resources.count; i++) {
        const found = find.name(resources.starts[i], resources.ends[i], time);
        if (found !== undefined) return found;
      }
      return resources.count > 0 ? undefined : whose(time);
    },
  };
}
