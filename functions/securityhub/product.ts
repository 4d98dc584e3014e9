/**
 * Who made a finding. Security Hub knows its products by ARN, `arn:aws:securityhub:<region>:<account>:product/<company>/<product>`
 * (`productv2/` in OCSF); names are optional, and Prowler gives its own in ProductFields alone.
 * https://docs.aws.amazon.com/securityhub/latest/userguide/asff-required-attributes.html#ProductArn
 */
import { spelled } from '../../shared/transform/numbers.ts';

export interface Product {
  readonly vendor: string;
  /** As the sources call it that know it (`guardduty`), else as it calls itself (`Prowler`). */
  readonly name: string;
  readonly isAws: boolean;
}

const ARN = /^arn:[^:]+:securityhub:[^:]*:[^:]*:product(?:v2)?\/(?<company>[^/]+)\/(?<product>.+)$/;

export interface Names {
  readonly arn: unknown;
  /** The first that is a text counts. */
  readonly names: readonly unknown[];
  readonly companies: readonly unknown[];
}

export function productOf({ arn, names, companies }: Names): Product {
  const { company, product } = ARN.exec(spelled(arn))?.groups ?? {};
  if (company === 'aws') return { vendor: 'AWS', name: product, isAws: true };
  const name = first(names) ?? product ?? 'unknown';
  // its integration predates its vendor's name
  if (/^prowler$/i.test(name) || company === 'prowler') return { vendor: 'Prowler', name: 'Prowler', isAws: false };
  return { vendor: first(companies) ?? company ?? 'unknown', name, isAws: false };
}

const first = (values: readonly unknown[]): string | undefined =>
  values.find((value): value is string => typeof value === 'string' && value !== '');
