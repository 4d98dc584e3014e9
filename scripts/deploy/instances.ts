/**
 * Instance types of data nodes with EBS volumes, and how large their volumes may be.
 * https://docs.aws.amazon.com/opensearch-service/latest/developerguide/supported-instance-types.html
 * https://docs.aws.amazon.com/opensearch-service/latest/developerguide/limits.html#ebsresource
 */

const TO_4XLARGE = ['large', 'xlarge', '2xlarge', '4xlarge'];
const TO_12XLARGE = [...TO_4XLARGE, '8xlarge', '12xlarge'];
const TO_16XLARGE = [...TO_12XLARGE, '16xlarge'];
const FROM_MEDIUM = ['medium', ...TO_16XLARGE];

/** Sizes by family. Families with disks of their own (i3, im4gn, r6gd) take no volume; t2, m3, r3 know no encryption. */
const SIZES: Readonly<Record<string, readonly string[]>> = {
  t3: ['small', 'medium'],
  c4: [...TO_4XLARGE, '8xlarge'],
  m4: [...TO_4XLARGE, '10xlarge'],
  r4: [...TO_4XLARGE, '8xlarge', '16xlarge'],
  c5: [...TO_4XLARGE, '9xlarge', '18xlarge'],
  m5: [...TO_4XLARGE, '12xlarge'],
  r5: [...TO_4XLARGE, '12xlarge'],
  c6g: TO_12XLARGE,
  m6g: TO_12XLARGE,
  r6g: TO_12XLARGE,
  c7g: TO_16XLARGE,
  m7g: FROM_MEDIUM,
  r7g: FROM_MEDIUM,
  c7i: TO_16XLARGE,
  m7i: TO_16XLARGE,
  r7i: TO_16XLARGE,
  c8g: TO_16XLARGE,
  m8g: FROM_MEDIUM,
  r8g: FROM_MEDIUM,
  or1: FROM_MEDIUM,
  or2: FROM_MEDIUM,
  om2: TO_16XLARGE,
};

/** GiB of a gp3 volume at most, where it is less than the largest that there is. */
const MOST_GIB: Readonly<Record<string, number>> = {
  't3.small': 100,
  't3.medium': 200,
  'm6g.large': 1024,
  'm8g.large': 768,
  'om2.large': 768,
  'r6g.large': 2048,
  ...Object.fromEntries(
    ['or1', 'or2', 'r8g'].flatMap((family) => [
      [`${family}.medium`, 768],
      [`${family}.large`, 1532],
      [`${family}.xlarge`, 3072],
      [`${family}.2xlarge`, 6144],
    ]),
  ),
};

/** What is wrong with a type, in words that follow "expected"; undefined: nothing. In: `r7g.large.search`. */
export function typeFault(type: string): string | undefined {
  const [family, size] = type.split('.');
  const sizes = SIZES[family];
  if (sizes === undefined) return `an instance type of one of the families ${Object.keys(SIZES).join(', ')}`;
  return sizes.includes(size) ? undefined : `a size of ${family} that exists: ${sizes.join(', ')}`;
}

/** GiB that a volume of this type may have, least and most. OpenSearch-optimized ones need 20. */
export function volumeLimits(type: string): readonly [least: number, most: number] {
  const [family, size] = type.split('.');
  return [/^o[mr]\d$/.test(family) ? 20 : 10, MOST_GIB[`${family}.${size}`] ?? 12_288];
}
