/** Which assets the values of a JSON record mean. Answers are rendered: `"asset":{…},`. Times are in epoch milliseconds. */
import { type Answer, NONE, UNKNOWN } from '../asset/lookup.ts';
import { ABSENT, type JsonFields, STRING } from '../decode/jsonfields.ts';
import { ipv4, ipv6 } from '../text/ip.ts';
import type { Assets, AssetTable, Rendered } from './assets.ts';

export interface Finder {
  /** The first of the values, by their indexes, that is an asset's id. */
  named(indexes: readonly number[], time: number): Rendered | undefined;
  /** A part of the record that is an asset's id. */
  name(start: number, end: number, time: number): Rendered | undefined;
  /** The first of some texts that is an asset's id. */
  text(names: readonly string[], time: number): Rendered | undefined;
  /** What held an address, by the indexes of it and, where a record has them, of its VPC and its account. */
  address(index: number, vpc: number | undefined, account: number | undefined, time: number): Rendered | undefined;
}

/** `fields`: of the record that was found last. */
export function finder(assets: Assets, fields: JsonFields): Finder {
  const { kinds, starts, ends } = fields;
  const seconds = (time: number) => Math.floor(time / 1000);

  const numberAt = ({ lookup }: AssetTable, index: number | undefined): number => {
    const text = index === undefined || kinds[index] !== STRING ? undefined : fields.text(index);
    return text === undefined || text === '' ? UNKNOWN : lookup.numberOf(text);
  };

  function name(start: number, end: number, time: number): Rendered | undefined {
    const { table } = assets;
    if (table === undefined || start >= end) return undefined;
    const at = seconds(time);
    return table.rendered(table.lookup.byName(fields.view, start, end, at, at), at);
  }

  function addressIn({ lookup }: AssetTable, index: number, vpc: number, account: number, at: number): Answer {
    const { bytes } = fields;
    const number = ipv4(bytes, starts[index], ends[index]);
    if (number >= 0) return lookup.byIpv4(number, vpc, account, at, at);
    const text = ipv6(bytes, starts[index], ends[index]);
    return text === undefined ? NONE : lookup.byIpv6(text, vpc, account, at, at);
  }

  return {
    name,
    named(indexes, time) {
      for (let i = 0; i < indexes.length; i++) {
        const index = indexes[i];
        const found = kinds[index] === STRING ? name(starts[index], ends[index], time) : undefined;
        if (found !== undefined) return found;
      }
      return undefined;
    },
    text(names, time) {
      const { table } = assets;
      const at = seconds(time);
      return names.map((each) => table?.rendered(table.byText(each, at), at)).find((found) => found !== undefined);
    },
    address(index, vpc, account, time) {
      const { table } = assets;
      if (table === undefined || kinds[index] === ABSENT) return undefined;
      const at = seconds(time);
      return table.rendered(addressIn(table, index, numberAt(table, vpc), numberAt(table, account), at), at);
    },
  };
}
