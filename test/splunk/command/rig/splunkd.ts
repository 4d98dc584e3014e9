/** As much of splunkd's REST API as the search commands use: connections, their secrets, the user's time zone. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export const SESSION_KEY = 'session-key-of-the-user';

export interface Splunkd {
  readonly uri: string;
  readonly requests: readonly string[];
  /** Stanzas of bongsu_connections.conf by name. */
  readonly connections: Map<string, Readonly<Record<string, string | number>>>;
  /** What storage/passwords holds in the realm bongsu_connections, by name. */
  readonly secrets: Map<string, string>;
  /** Of the user's preferences. */
  timeZone: string;
  stop(): Promise<void>;
}

const APP = '/servicesNS/nobody/bongsu';

export async function startSplunkd(): Promise<Splunkd> {
  const requests: string[] = [];
  const connections: Splunkd['connections'] = new Map();
  const secrets: Splunkd['secrets'] = new Map();
  const state = { timeZone: '' };

  /** Undefined: 404, which splunkd also answers to those who may not see an entry. */
  function entries(path: string): object[] | undefined {
    const [, kind, key] = /^\/servicesNS\/nobody\/bongsu\/(.*?)(?:\/([^/]+))?$/.exec(path) ?? [];
    const name = key === undefined ? undefined : decodeURIComponent(key);
    if (kind === 'configs' && name === 'conf-bongsu_connections')
      return [...connections.keys()].map((each) => ({ name: each, content: connections.get(each) }));
    if (kind === 'configs/conf-bongsu_connections') return entry(connections.get(name!));
    if (kind === 'storage/passwords') {
      const secret = secrets.get(/^bongsu_connections:(.*):$/.exec(name!)?.[1] ?? '');
      return entry(secret === undefined ? undefined : { clear_password: secret });
    }
    if (kind === 'authentication') return entry({ tz: state.timeZone });
    return undefined;
  }

  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const { pathname } = new URL(request.url!, 'http://splunkd');
    requests.push(pathname);
    const isKnown = request.headers.authorization === `Splunk ${SESSION_KEY}`;
    const found = isKnown && pathname.startsWith(APP) ? entries(pathname) : undefined;
    response.writeHead(!isKnown ? 401 : found ? 200 : 404, { 'content-type': 'application/json' });
    response.end(JSON.stringify(found ? { entry: found } : { messages: [{ type: 'ERROR', text: 'Not Found' }] }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return Object.assign(state, {
    uri: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    connections,
    secrets,
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  });
}

const entry = (content: object | undefined): object[] | undefined => content && [{ name: 'x', content }];
