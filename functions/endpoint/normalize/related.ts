/** `related.*`: every address, user, host and hash of a document in one place. https://www.elastic.co/docs/reference/ecs/ecs-related */
import { isRecord } from '../../../shared/input/message.ts';
import { at, type Document, type Fields } from './document.ts';

const IPS = ['source.ip', 'destination.ip', 'dns.resolved_ip'];
const HOSTS = ['host.name', 'host.hostname', 'source.domain', 'destination.domain', 'dns.question.name'];
const USERS = ['user.name', 'user.effective.name', 'user.target.name', 'user.changes.name'];
const HASHES = ['process.hash', 'file.hash', 'dll.hash'];

const texts = (value: unknown): string[] =>
  (Array.isArray(value) ? value : [value]).filter((each) => typeof each === 'string' && each !== '');

export function related(document: Document): Fields {
  const all = (paths: readonly string[]): string[] => [...new Set(paths.flatMap((path) => texts(at(document, path))))];
  const hashes = HASHES.map((path) => at(document, path)).filter(isRecord);
  return {
    'related.ip': all(IPS),
    'related.hosts': all(HOSTS),
    'related.user': all(USERS),
    'related.hash': [...new Set(hashes.flatMap((hash) => texts(Object.values(hash))))],
  };
}
