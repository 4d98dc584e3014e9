/** Which assets the values of a JSON record mean. Answers are rendered: `"asset":{…},`. Times are in epoch milliseconds. */
import { type Answer, NONE, UNKNOWN } from '../asset/lookup.ts';
import { ABSENT, type Members, STRING } from '../decode/members.ts';
import { ipv4, ipv6 } from '../text/ip.ts';
import type { Assets, AssetTable, Members as Rendered } from './assets.ts';

export interface Finder {
  /** The first of the values, by their slots, that is an asset's id. */
  named(slots: readonly number[], time: number): Rendered | undefined;
  /** A part of the record that is an asset's id. */
  name(start: number, end: number, time: number): Rendered | undefined;
  /** The first of some texts that is an asset's id. */
  text(names: readonly string[], time: number): Rendered | undefined;
  /** What held an address, by the slots of it and, where a record tells them, of its VPC and its account. */
  address(slot: number, vpc: number | undefined, account: number | undefined, time: number): Rendered | undefined;
}

/** `members`: of the record that was found last. */
export function finder(assets: Assets, members: Members): Finder {
  const { kinds, starts, ends } = members;
  const seconds = (time: number) => Math.floor(time / 1000);

  const numberAt = ({ lookup }: AssetTable, slot: number | undefined): number => {
    const text = slot === undefined || kinds[slot] !== STRING ? undefined : members.text(slot);
    return text === undefined || text === '' ? UNKNOWN : lookup.numberOf(text);
  };

  function name(start: number, end: number, time: number): Rendered | undefined {
    const { table } = assets;
    if (table === undefined || start >= end) return undefined;
    const at = seconds(time);
    return table.members(table.lookup.byName(members.view, start, end, at, at), at);
  }

  function addressIn({ lookup }: AssetTable, slot: number, vpc: number, account: number, at: number): Answer {
    const { bytes } = members;
    const number = ipv4(bytes, starts[slot], ends[slot]);
    if (number >= 0) return lookup.byIpv4(number, vpc, account, at, at);
    const text = ipv6(bytes, starts[slot], ends[slot]);
    return text === undefined ? NONE : lookup.byIpv6(text, vpc, account, at, at);
  }

  return {
    name,
    named(slots, time) {
      for (let i = 0; i < slots.length; i++) {
        const slot = slots[i];
        const found = kinds[slot] === STRING ? name(starts[slot], ends[slot], time) : undefined;
        if (found !== undefined) return found;
      }
      return undefined;
    },
    text(names, time) {
      const { table } = assets;
      const at = seconds(time);
      return names.map((each) => table?.members(table.byText(each, at), at)).find((found) => found !== undefined);
    },
    address(slot, vpc, account, time) {
      const { table } = assets;
      if (table === undefined || kinds[slot] === ABSENT) return undefined;
      const at = seconds(time);
      return table.members(addressIn(table, slot, numberAt(table, vpc), numberAt(table, account), at), at);
    },
  };
}
