/**
 * How long documents stay, and where, as a person writes it: `hot=7d,warm=30d,cold=365d` with `;` between sources:
 * `hot=7d,warm=30d; flowlogs: hot=3d,warm=14d; unrouted: hot=30d`. Each number is the age at which documents leave the tier;
 * after the last one they are deleted. `off` leaves indices alone.
 */
import { ConfigError } from '../../shared/errors.ts';

/** Days. Documents are in hot storage up to `hot`, then in warm up to `warm`, then in cold up to `cold`; then they are deleted. */
export interface Retention {
  readonly hot: number;
  readonly warm?: number;
  readonly cold?: number;
}

export interface Retentions {
  /** Of sources that are not named. Undefined: their indices are left alone. */
  readonly usual: Retention | undefined;
  /** By name of the policy, such as `flowlogs` or `findings`. */
  readonly of: Readonly<Record<string, Retention | undefined>>;
}

const TIERS = /^hot=(\d{1,4})d(?:,warm=(\d{1,4})d)?(?:,cold=(\d{1,4})d)?$/;
export const RETENTION = 'off or ages such as hot=7d,warm=30d,cold=365d, each larger than the one before';

/** Undefined where the text is no retention; `off` is null. */
export function retention(text: string): Retention | null | undefined {
  if (text.trim() === 'off') return null;
  const [, hot, warm, cold] = (TIERS.exec(text.replaceAll(/\s/g, '')) ?? []).map((part) =>
    part === undefined ? undefined : Number(part),
  ) as (number | undefined)[];
  if (hot === undefined || hot < 1) return undefined;
  const ages = [hot, warm, cold].filter((age) => age !== undefined);
  if (ages.some((age, at) => at > 0 && age <= ages[at - 1])) return undefined;
  return { hot, ...(warm !== undefined && { warm }), ...(cold !== undefined && { cold }) };
}

/** Throws ConfigError that names the part that is wrong. `names`: of policies. */
export function retentions(text: string, names: readonly string[]): Retentions {
  let usual: Retention | undefined;
  const of: Record<string, Retention | undefined> = {};
  for (const part of text.split(';').filter((each) => each.trim() !== '')) {
    const [, name, ages] = /^\s*(?:([a-z0-9]+):)?(.*)$/s.exec(part)!;
    const found = retention(ages);
    if (found === undefined) throw new ConfigError(`retention "${part.trim()}": expected ${RETENTION}`);
    if (name === undefined) usual = found ?? undefined;
    else if (names.includes(name)) of[name] = found ?? undefined;
    else throw new ConfigError(`retention "${part.trim()}": expected one of ${names.join(', ')} before the colon`);
  }
  return { usual, of };
}
