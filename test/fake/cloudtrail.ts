/** CloudTrail's ListPublicKeys. */
import { type Fake, fake } from './server.ts';

export interface PublicKey {
  readonly fingerprint: string;
  /** DER. */
  readonly value: Uint8Array;
}

export interface CloudTrail extends Fake {
  readonly keys: PublicKey[];
  /** The time ranges asked for, in epoch seconds, and the region that the request was signed for. */
  readonly asked: { readonly StartTime: number; readonly EndTime: number; readonly region: string }[];
  /** Keys in one answer. */
  pageSize: number;
  error: { readonly status: number; readonly type: string } | undefined;
}

export async function cloudtrail(): Promise<CloudTrail> {
  const server = await fake((request, response, body) => {
    const { StartTime, EndTime, NextToken = '0' } = JSON.parse(body.toString());
    const [, region = ''] = /Credential=[^/]+\/\d+\/([^/]+)\//.exec(request.headers.authorization ?? '') ?? [];
    state.asked.push({ StartTime, EndTime, region });
    response.writeHead(state.error?.status ?? 200, { 'content-type': 'application/x-amz-json-1.1' });
    if (state.error !== undefined) {
      response.end(JSON.stringify({ __type: state.error.type, message: 'no' }));
      return;
    }
    const end = Number(NextToken) + state.pageSize;
    const PublicKeyList = state.keys.slice(Number(NextToken), end).map(({ fingerprint, value }) => ({
      Fingerprint: fingerprint,
      Value: Buffer.from(value).toString('base64'),
      ValidityStartTime: StartTime,
      ValidityEndTime: EndTime,
    }));
    response.end(JSON.stringify({ PublicKeyList, ...(end < state.keys.length && { NextToken: String(end) }) }));
  });
  const state: CloudTrail = { ...server, keys: [], asked: [], pageSize: 100, error: undefined };
  return state;
}
