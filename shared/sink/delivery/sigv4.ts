/**
 * Signs a request for an AWS service that is called without its SDK client. The body is hashed once.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto';
import { defaultProvider } from '@aws-sdk/credential-provider-node';
import { SignatureV4 } from '@smithy/signature-v4';

export interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
  readonly expiration?: Date | undefined;
}

/** Credentials now; `forceRefresh`: the service refused the last ones, look again. */
export type KeyProvider = (options?: { forceRefresh?: boolean }) => Promise<Keys>;

export interface SignerOptions {
  /** As in the credential scope: `es`, `aoss`, `securityhub`. */
  readonly service: string;
  readonly region: string;
  /** Default: those of the environment. */
  readonly credentials?: KeyProvider | undefined;
}

export interface Unsigned {
  readonly method: string;
  /** As it goes over the wire, without the query. */
  readonly url: URL;
  readonly query?: Readonly<Record<string, string>> | undefined;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** The headers of the request, with host, date, payload hash, security token and signature. Throws what the credentials throw. */
export type Sign = (request: Unsigned, options?: { forceRefresh?: boolean }) => Promise<Record<string, string>>;

export function signer({ service, region, credentials = defaultProvider() }: SignerOptions): Sign {
  return async ({ method, url, query, headers, body }, options) => {
    const { accessKeyId, secretAccessKey, sessionToken } = await credentials(options);
    const keys = { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) };
    const v4 = new SignatureV4({ service, region, credentials: keys, sha256: Sha256 });
    const { protocol, hostname, host, pathname: path } = url;
    const hash = createHash('sha256').update(body).digest('hex');
    const signed = await v4.sign({
      method,
      protocol,
      hostname,
      path,
      ...(query !== undefined && { query: { ...query } }),
      headers: { ...headers, host, 'x-amz-content-sha256': hash },
    });
    return signed.headers;
  };
}

/** SHA-256 as SignatureV4 wants it, by node:crypto. */
class Sha256 {
  readonly #secret: string | Uint8Array | undefined;
  #hash: Hash | Hmac;

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#secret = secret === undefined || typeof secret === 'string' ? secret : bytesOf(secret);
    this.#hash = this.#made();
  }

  #made(): Hash | Hmac {
    return this.#secret === undefined ? createHash('sha256') : createHmac('sha256', this.#secret);
  }

  update(data: string | ArrayBuffer | ArrayBufferView): void {
    this.#hash.update(typeof data === 'string' ? data : bytesOf(data));
  }

  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }

  reset(): void {
    this.#hash = this.#made();
  }
}

const bytesOf = (data: ArrayBuffer | ArrayBufferView): Uint8Array =>
  ArrayBuffer.isView(data) ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength) : new Uint8Array(data);
