/** All sources by name, for whatever runs them outside of their Lambdas. */
import { assets } from '../functions/asset-inventory/source.ts';
import { cloudtrail } from '../functions/cloudtrail/source.ts';
import { dns } from '../functions/dns/source.ts';
import { flowlogs } from '../functions/flowlogs/source.ts';
import { guardduty } from '../functions/guardduty/source.ts';
import { inspector } from '../functions/inspector/source.ts';
import { integrity } from '../functions/integrity/source.ts';
import { macie } from '../functions/macie/source.ts';
import { securityhub } from '../functions/securityhub/source.ts';
import { shield } from '../functions/shield/source.ts';
import { waf } from '../functions/waf/source.ts';
import type { Source } from '../shared/model.ts';
import { config } from '../shared/runtime/config.ts';
import type { SourceOptions } from '../shared/runtime/wiring.ts';
import type { SourceName } from '../shared/sources.ts';

export const sources: Readonly<Record<SourceName, (options: SourceOptions) => Source<unknown>>> = {
  flowlogs: (options) => flowlogs({ ...options, format: config('FLOWLOG_FORMAT').FLOWLOG_FORMAT }),
  cloudtrail,
  waf: (options) => waf({ ...options, redact: config('REDACT_HEADERS').REDACT_HEADERS }),
  dns,
  integrity,
  guardduty,
  securityhub: (options) => securityhub({ ...options, natives: config('NATIVE_SOURCES').NATIVE_SOURCES }),
  inspector,
  macie,
  shield,
  assets,
};
