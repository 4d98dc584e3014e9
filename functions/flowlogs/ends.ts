/**
 * Which assets the two ends of a flow are. The interface that wrote the record says who one end is, whatever held its address
 * before; the other end is what held its address in the same VPC, or one of our public ones.
 * https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html
 */
import { AMBIGUOUS, type Answer, assetIn, type Lookup, NONE, UNKNOWN } from '../../shared/asset/lookup.ts';
import type { Row } from '../../shared/decode/columns.ts';
import type { AssetTable, Rendered } from '../../shared/enrich/assets.ts';
import { ipv6 } from '../../shared/text/ip.ts';

export interface Ends {
  /** `"asset":{…},` of the row that was looked at last, by the column of an end's address; undefined: none, or no end. */
  of(column: number): Rendered | undefined;
  /** `at`: epoch seconds, of rows without a clock. */
  find(row: Row, table: AssetTable | undefined, at: number): void;
}

const DIRECTIONS = { egress: 101, ingress: 105 }; // by the first letter

/** One end of the row that is looked at. */
interface End {
  answer: Answer;
  rendered: Rendered | undefined;
  /** It may be what is behind the interface. */
  isOwn: boolean;
}

/** In: the names of a header's columns. */
export function endsOf(names: readonly string[]): Ends {
  const column = (...of: readonly string[]) => of.map((name) => names.indexOf(name)).find((at) => at >= 0) ?? -1;
  const start = column('start', 'end');
  const stop = column('end', 'start');
  const columns = [column('srcaddr'), column('dstaddr')] as const;
  const owners = [column('interface-id'), column('instance-id')] as const;
  const direction = column('flow-direction');
  const accountOf = numbering(column('account-id'));
  // a transit gateway's interfaces are neither end's
  const networksOf = [column('tgw-src-vpc-id', 'vpc-id'), column('tgw-dst-vpc-id', 'vpc-id')].map(numbering);
  const ends = [blank(), blank()] as const;

  /** The end that the interface belongs to, where its address alone does not say so. */
  function unseen(row: Row): End | undefined {
    const [source, destination] = ends;
    const flow = direction < 0 ? 0 : row.bytes[row.starts[direction]];
    if (flow === DIRECTIONS.egress) return source;
    if (flow === DIRECTIONS.ingress) return destination;
    // what is behind the interface is one of them, so that the one who is nobody else is it
    if (source.answer === NONE && destination.answer >= 0) return source;
    return destination.answer === NONE && source.answer >= 0 ? destination : undefined;
  }

  return {
    of(column) {
      if (column === columns[0]) return ends[0].rendered;
      return column === columns[1] ? ends[1].rendered : undefined;
    },
    find(row, table, at) {
      for (let i = 0; i < 2; i++) {
        ends[i].rendered = undefined;
        ends[i].isOwn = false;
      }
      if (table === undefined) return;
      const { lookup } = table;
      const from = secondsAt(row, start, at);
      const to = Math.max(from, secondsAt(row, stop, at));
      let own = nameAt(row, owners[0], table, from, to);
      const network = own === NONE ? UNKNOWN : lookup.network;
      if (own === NONE) own = nameAt(row, owners[1], table, from, to);
      const account = accountOf(row, table);
      for (let i = 0; i < 2; i++) {
        const end = ends[i];
        const of = network === UNKNOWN ? networksOf[i](row, table) : network;
        end.answer = addressAt(row, columns[i], table, of, account, from, to);
        end.rendered = table.rendered(end.answer, to);
        end.isOwn = own >= 0 && mayBe(end.answer, assetIn(own), lookup);
      }
      if (own < 0 || (ends[0].isOwn && ends[1].isOwn)) return;
      const end = ends[0].isOwn ? ends[0] : ends[1].isOwn ? ends[1] : unseen(row);
      if (end?.isOwn || end?.answer === NONE) end.rendered = table.rendered(own, to);
    },
  };
}

const blank = (): End => ({ answer: NONE, rendered: undefined, isOwn: false });

const mayBe = (answer: Answer, asset: number, lookup: Lookup): boolean =>
  answer >= 0 ? assetIn(answer) === asset : answer === AMBIGUOUS && lookup.candidates.includes(asset);

const isAbsent = ({ starts, ends }: Row, column: number): boolean => column < 0 || starts[column] === ends[column];

function nameAt(row: Row, column: number, { lookup }: AssetTable, from: number, to: number): Answer {
  return isAbsent(row, column) ? NONE : lookup.byName(row.view, row.starts[column], row.ends[column], from, to);
}

function addressAt(
  row: Row,
  column: number,
  { lookup }: AssetTable,
  network: number,
  account: number,
  from: number,
  to: number,
): Answer {
  if (isAbsent(row, column)) return NONE;
  const address = row.ipv4(column);
  if (address >= 0) return lookup.byIpv4(address, network, account, from, to);
  const text = ipv6(row.bytes, row.starts[column], row.ends[column]);
  return text === undefined ? NONE : lookup.byIpv6(text, network, account, from, to);
}

/** Epoch seconds; `otherwise` where there are none. What is not a number is refused when the document is written. */
function secondsAt({ bytes, starts, ends }: Row, column: number, otherwise: number): number {
  if (column < 0 || starts[column] === ends[column]) return otherwise;
  let seconds = 0;
  const end = ends[column];
  for (let i = starts[column]; i < end; i++) seconds = seconds * 10 + bytes[i] - 48;
  return seconds;
}

const LONGEST = 24; // `vpc-` and 17 digits, with room for words

/** Makes what numbers the VPC or the account in a column: rows of the same one often follow each other. */
function numbering(column: number): (row: Row, table: AssetTable) => number {
  const last = new Uint8Array(LONGEST);
  let length = -1;
  let number = UNKNOWN;
  let of: AssetTable | undefined;
  return (row, table) => {
    if (isAbsent(row, column)) return UNKNOWN;
    const { bytes, starts, ends } = row;
    const start = starts[column];
    const size = ends[column] - start;
    if (size > LONGEST) return UNKNOWN;
    let at = size === length && of === table ? 0 : size + 1;
    while (at < size && last[at] === bytes[start + at]) at++;
    if (at !== size) {
      last.set(bytes.subarray(start, ends[column]));
      length = size;
      of = table;
      number = table.lookup.numberOf(Buffer.from(last.subarray(0, size)).toString());
    }
    return number;
  };
}
