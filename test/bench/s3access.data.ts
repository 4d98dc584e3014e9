/** Made-up S3 server access logs, the same for the same seed: about 550 bytes a line. */
import { FIRST_SECOND, random } from './flowlogs.data.ts';

const AGENTS = [
  'aws-sdk-go-v2/1.39.2 os/linux lang/go#1.24.6 md/GOOS#linux md/GOARCH#amd64 api/s3#1.88.3',
  'Boto3/1.40.41 md/Botocore#1.40.41 ua/2.1 os/linux#6.1.0 lang/python#3.13.7 cfg/retry-mode#standard',
  'S3Console/0.4, aws-internal/3',
];
const OPERATIONS = ['REST.GET.OBJECT', 'REST.GET.OBJECT', 'REST.PUT.OBJECT', 'REST.HEAD.OBJECT', 'REST.GET.BUCKET'];
const OWNER = '79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be';
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `06/Feb/2019:00:01:57 +0000` */
function clock(seconds: number): string {
  const iso = new Date(seconds * 1000).toISOString();
  return `${iso.slice(8, 10)}/${MONTHS[Number(iso.slice(5, 7)) - 1]}/${iso.slice(0, 4)}:${iso.slice(11, 19)} +0000`;
}

/** Lines without a newline. */
export function* s3access(records: number, seed = 1): Generator<string> {
  const next = random(seed);
  const below = (n: number) => Math.floor(next() * n);
  const pick = <T>(list: readonly T[]): T => list[below(list.length)];
  const hex = (digits: number) => Array.from({ length: digits }, () => below(16).toString(16)).join('');
  const callers = Array.from({ length: 3000 }, () => `10.${below(4)}.${below(256)}.${below(254) + 1}`);
  const buckets = Array.from({ length: 40 }, () => `data-${hex(6)}`);
  for (let i = 0; i < records; i++) {
    const bucket = pick(buckets);
    const operation = pick(OPERATIONS);
    const method = operation.split('.')[1];
    const key = `${hex(2)}/${hex(16)}.parquet`;
    const role = pick(['etl', 'web', 'report']);
    const size = below(5_000_000);
    const isDenied = next() < 0.03;
    yield `${OWNER} ${bucket} [${clock(FIRST_SECOND + Math.floor(i / 500))}] ${pick(callers)} arn:aws:sts::123456789012:assumed-role/${role}/i-0${hex(8)} ${hex(16).toUpperCase()} ${operation} ${key} "${method} /${key} HTTP/1.1" ${isDenied ? '403 AccessDenied 243' : `200 - ${size}`} ${size} ${below(200)} ${below(90)} "-" "${pick(AGENTS)}" - ${hex(75)}= SigV4 TLS_AES_128_GCM_SHA256 AuthHeader ${bucket}.s3.ap-northeast-2.amazonaws.com TLSv1.3 - - ap-northeast-2`;
  }
}
