/**
 * `npm run assets -- at|diff|coverage`: asks what the inventory has written, in S3 or in a folder.
 * What is printed: docs/reference/enrichment.md and docs/reference/sources/asset-inventory.md.
 */
import { parseArgs } from 'node:util';
import { messageOf } from '../shared/errors.ts';
import { changeLine, coverageLines, diff } from './assets/diff.ts';
import { type Held, holdersAt } from './assets/holders.ts';
import { placeOf } from './assets/place.ts';

const HELP = `usage: npm run assets -- at --ip <address> | --name <id> [--time <ISO date>] [--vpc <id>] [--account <id>]
       npm run assets -- diff --from <run> [--to <run>]
       npm run assets -- coverage [--run <run>]

at        everything that held an address, or that an id means, at a time (default: now), in any VPC:
          whether it is known (exact), the only one possible (bounded) or one of several (ambiguous),
          whose it is, and between which times it is known
diff      what changed from one run to another (default: the newest)
coverage  what of the estate could not be seen by a run (default: the newest), and what would grant it

  --in <place>  s3://bucket[/prefix] or a folder with a copy of it (default: ASSETS_URL)
  --json        one JSON object a line
  --help        this text
`;

const OPTIONS = {
  in: { type: 'string' },
  ip: { type: 'string' },
  name: { type: 'string' },
  time: { type: 'string' },
  vpc: { type: 'string' },
  account: { type: 'string' },
  from: { type: 'string' },
  to: { type: 'string' },
  run: { type: 'string' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** A sentence about how it was called. */
class Usage extends Error {}

interface Values {
  readonly in?: string;
  readonly ip?: string;
  readonly name?: string;
  readonly time?: string;
  readonly vpc?: string;
  readonly account?: string;
  readonly from?: string;
  readonly to?: string;
  readonly run?: string;
  readonly json?: boolean;
}

/** One line, or one object, each. */
type Print = (line: string, value: object) => void;

const COMMANDS: Readonly<Record<string, (values: Values, print: Print) => Promise<void>>> = {
  async at({ ip, name, time, vpc, account, ...values }, print) {
    if ((ip === undefined) === (name === undefined)) throw new Usage('at needs either --ip or --name');
    const ms = time === undefined ? Date.now() : Date.parse(time);
    if (Number.isNaN(ms)) throw new Usage(`--time is ${JSON.stringify(time)}: expected 2026-11-24T03:12:00Z`);
    const history = await placeOf(within(values)).table();
    const held = holdersAt(history, { ip, name, time: Math.floor(ms / 1000), vpc, account });
    for (const each of held) print(line(each), each);
    if (held.length === 0 && !values.json) process.stdout.write('nobody that the inventory knows\n');
  },
  async diff({ from, to, ...values }, print) {
    if (from === undefined) throw new Usage('diff needs --from, the name of a run');
    const place = placeOf(within(values));
    const changes = await diff(place, await place.manifest(from), await place.manifest(to));
    for (const change of changes) print(changeLine(change), change);
  },
  async coverage({ run, ...values }, print) {
    const manifest = await placeOf(within(values)).manifest(run);
    if (values.json) for (const row of manifest.coverage) print('', row);
    else for (const each of coverageLines(manifest)) print(each, {});
  },
};

function within({ in: place = process.env.ASSETS_URL }: Values): string {
  if (place === undefined || place === '' || place === 'off')
    throw new Usage('--in is missing: expected s3://bucket[/prefix] or a folder');
  return place;
}

/** `exact     vpc-1  10.0.3.17  web-1  AWS::EC2::Instance  123456789012  team-a@example.com  arn:…  2026-… – 2026-…` */
const line = ({ match, scope, of, name, type, account, owner, id, after, since, until, before }: Held): string =>
  [
    match.padEnd(9),
    scope || '–',
    of,
    name,
    type,
    account,
    owner || 'no owner known',
    id,
    `${since || `after ${after || '?'}`} – ${until || `before ${before || '?'}`}`,
  ].join('  ');

/** Returns the exit code. */
export async function assets(args: readonly string[]): Promise<number> {
  try {
    const { values, positionals } = parseArgs({ args: [...args], allowPositionals: true, options: OPTIONS });
    const [command = ''] = positionals;
    if (values.help) {
      process.stdout.write(HELP);
      return 0;
    }
    if (!Object.hasOwn(COMMANDS, command) || positionals.length > 1) throw new Usage('expected at, diff or coverage');
    await COMMANDS[command](values, (text, value) => {
      process.stdout.write(`${values.json ? JSON.stringify(value) : text}\n`);
    });
    return 0;
  } catch (error) {
    const isUsage = error instanceof Usage || (error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS');
    process.stderr.write(`${messageOf(error)}\n${isUsage ? HELP : ''}`);
    return isUsage ? 2 : 1;
  }
}

if (import.meta.main) process.exitCode = await assets(process.argv.slice(2));
