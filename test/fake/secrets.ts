/** Secrets Manager's GetSecretValue. */
import { type Fake, fake } from './server.ts';

export interface Secrets extends Fake {
  /** By ARN. */
  readonly values: Map<string, string>;
  /** ARNs asked for. */
  readonly asked: string[];
}

export async function secrets(): Promise<Secrets> {
  const values = new Map<string, string>();
  const asked: string[] = [];
  const server = await fake((_request, response, body) => {
    const { SecretId } = JSON.parse(body.toString());
    asked.push(SecretId);
    const value = values.get(SecretId);
    response.writeHead(value === undefined ? 400 : 200, { 'content-type': 'application/x-amz-json-1.1' });
    const missing = { __type: 'ResourceNotFoundException', message: 'no such secret' };
    response.end(JSON.stringify(value === undefined ? missing : { ARN: SecretId, SecretString: value }));
  });
  return { ...server, values, asked };
}
