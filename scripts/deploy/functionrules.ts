/** What a function.yml may not say: too little time or memory. In: settings. Out: a sentence for each function. */
import { DEFAULTS, type FunctionKind, kindOf, ownFile } from './functions.ts';
import type { FunctionName, Settings } from './settings.ts';

/**
 * Seconds. 5 are kept to store what is open (RESERVE_MS in shared/runtime/lambda.ts); in the other 5 every invocation gets on with
 * its objects.
 */
const LEAST_TIMEOUT = 10;

/** Megabytes. An object of 1 GB takes 158 to 186 MB (npm run bench), so a log function with 128 could be ended by one. */
const LEAST_MEMORY: Readonly<Record<FunctionKind, number>> = {
  log: 256,
  finding: 256,
  inventory: 512,
  audit: 256,
  replay: 256,
  bootstrap: 128,
};

/** `folder`: the project's. */
export const functionFaults = ({ functions }: Pick<Settings, 'functions'>, folder: string): string[] =>
  functions.flatMap((name) => faultsOf(name, folder));

function faultsOf(name: FunctionName, folder: string): string[] {
  const kind = kindOf(name);
  const { timeout = DEFAULTS[kind].timeout, memorySize = DEFAULTS[kind].memorySize } = ownFile(folder, name);
  const isLong = Number.isInteger(timeout) && timeout >= LEAST_TIMEOUT && timeout <= 900;
  const isLarge = Number.isInteger(memorySize) && memorySize >= LEAST_MEMORY[kind] && memorySize <= 10_240;
  const said = (what: string, expected: string, found: unknown) =>
    `${what} in functions/${name}/function.yml: expected ${expected}, found ${JSON.stringify(found)}.`;
  return [
    ...(isLong
      ? []
      : [
          said(
            'timeout',
            `a whole number of seconds from ${LEAST_TIMEOUT} to 900, 5 of which are kept as a reserve`,
            timeout,
          ),
        ]),
    ...(isLarge
      ? []
      : [said('memorySize', `a whole number of megabytes from ${LEAST_MEMORY[kind]} to 10240`, memorySize)]),
  ];
}
