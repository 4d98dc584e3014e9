/** Threat indicators as lists have them: four addresses and blocks to one name, none of which the measured records match. */
import { type Indicator, targetOf } from '../../shared/enrich/threat/indicator.ts';
import { type IndicatorTable, indicatorTable } from '../../shared/enrich/threat/table.ts';

const about = { provider: 'bench' };

/** In: how many. Addresses are spread over the internet, so that most /16 have one. */
export function threats(count: number): IndicatorTable {
  return indicatorTable(Array.from({ length: count }, (_, i) => indicator(i)));
}

function indicator(i: number): Indicator {
  const name = i % 5 === 0 ? `host-${i}.bad.example` : addressOf(i);
  const target = targetOf(name);
  if (typeof target === 'string') throw new Error(`${name} is ${target}`);
  return { name, target, about };
}

function addressOf(i: number): string {
  const n = Math.imul(i + 1, 0x9e3779b1) >>> 0;
  const octets = [11 + ((n >>> 24) % 80), (n >>> 16) & 255, (n >>> 8) & 255, n & 255].join('.');
  return i % 20 === 1 ? `${octets}/24` : octets;
}
