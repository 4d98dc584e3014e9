/**
 * One measured run in a process of its own: `node --expose-gc assets.worker.mjs <way> <packed table or map> <intervals>`.
 * stdout: one JSON object {loadMs, megabytes, addressesPerSecond, namesPerSecond, found}.
 * Ways: table · json (a map of everything by its key).
 */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { lookupIn, NONE, UNKNOWN } from '../../shared/asset/lookup.ts';
import { viewOf } from '../../shared/asset/table.ts';
import { unzipped } from '../../shared/asset/zipped.ts';
import { FROM, fleet } from './assets.data.ts';

const [way, path, intervals] = process.argv.slice(2);
const LOOKUPS = 1_000_000;
const TIME = FROM + 1800;

/** Finds the i-th holder of the fleet by its address in its VPC, and by its interface. */
interface Loaded {
  address(i: number): boolean;
  name(i: number): boolean;
}

const { first } = fleet(Number(intervals));
const numbers = first.map(({ address }) => address.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0));
const enis = first.map(({ eni }) => viewOf(eni));

async function table(zipped: Buffer): Promise<Loaded> {
  const lookup = lookupIn(await unzipped(zipped));
  const vpcs = new Map(first.slice(0, 800).map(({ vpc }) => [vpc, lookup.numberOf(vpc)]));
  const vpcOf = Int32Array.from(first, ({ vpc }) => vpcs.get(vpc)!);
  return {
    address: (i) => lookup.byIpv4(numbers[i], vpcOf[i], UNKNOWN, TIME, TIME) !== NONE,
    name: (i) => lookup.byName(enis[i].view, 0, enis[i].end, TIME, TIME) !== NONE,
  };
}

interface Interval {
  readonly from: number;
  readonly to: number;
  readonly asset: object;
}

function json(zipped: Buffer): Loaded {
  const map = new Map<string, readonly Interval[]>(Object.entries(JSON.parse(gunzipSync(zipped).toString())));
  const find = (key: string) => map.get(key)?.find(({ from, to }) => from <= TIME && TIME < to) !== undefined;
  return {
    // a log has bytes, of which a key has to be made
    address: (i) => find(`${first[i].vpc} ${first[i].address}`),
    name: (i) => find(Buffer.from(enis[i].view.buffer, 0, enis[i].end).toString()),
  };
}

const WAYS: Readonly<Record<string, (zipped: Buffer) => Loaded | Promise<Loaded>>> = { table, json };

function used(): number {
  gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

/** By user CPU: the machine is shared. */
function perSecond(find: (i: number) => boolean): number {
  let found = 0;
  const before = process.cpuUsage();
  for (let i = 0; i < LOOKUPS; i++) if (find((Math.imul(i, 0x9e3779b1) >>> 0) % first.length)) found++;
  const { user } = process.cpuUsage(before);
  if (found !== LOOKUPS) throw new Error(`${found} found of ${LOOKUPS}`);
  return LOOKUPS / (user / 1e6);
}

const zipped = readFileSync(path);
const before = used();
const started = process.cpuUsage();
const loaded = await WAYS[way](zipped);
const { user, system } = process.cpuUsage(started);
const megabytes = (used() - before) / 2 ** 20;
const result = {
  loadMs: (user + system) / 1000,
  megabytes,
  addressesPerSecond: perSecond(loaded.address),
  namesPerSecond: perSecond(loaded.name),
};
process.stdout.write(`${JSON.stringify(result)}\n`);
