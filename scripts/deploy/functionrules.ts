/** Refuses a function.yml with too little time or memory. In: settings. Out: a sentence for each wrong value. */
import { DEFAULTS, type FunctionKind, kindOf, ownFile } from './functions.ts';
import type { FunctionName, Settings } from './settings.ts';

/**
 * Seconds. 5 are kept to store which records are still open (RESERVE_MS in shared/runtime/lambda.ts); the others are enough for an
 * invocation to make progress.
 */
const LEAST_TIMEOUT = 10;

/** Megabytes. An object of 1 GB takes 158 to 186 MB (npm run bench), so a log function with 128 could be ended by one. */
const LEAST_MEMORY: Readonly<Record<FunctionKind, number>> = {
  log: 256,
  finding: 256,
  inventory: 512,
  audit: 256,
  http: 512, // a body of 64 MiB and its documents
  alert: 256,
  replay: 256,
  bootstrap: 128,
};

/** `folder`: the project's. */
export const functionFaults = ({ functions }: Pick<Settings, 'functions'>, folder: string): string[] =>
  functions.flatMap((name) => faultsOf(name, folder));

function faultsOf(name: FunctionName, folder: string): string[] {
  const kind = kindOf(name);
  const { timeout = DEFAULTS[kind].timeout, memorySize = DEFAULTS[kind].memorySize } = ownFile(folder, name);
  const faultOf = (what: string, value: number, unit: string, least: number, most: number, more = ''): string[] =>
    Number.isInteger(value) && value >= least && value <= most
      ? []
      : [
          `${what} in functions/${name}/function.yml: expected a whole number of ${unit} from ${least} to ${most}${more}, found ${JSON.stringify(value)}.`,
        ];
  return [
    ...faultOf('timeout', timeout, 'seconds', LEAST_TIMEOUT, 900, ', 5 of which are kept as a reserve'),
    ...faultOf('memorySize', memorySize, 'megabytes', LEAST_MEMORY[kind], 10_240),
  ];
}
