import { describe, expect, test } from '@jest/globals';
import { normalizeAll } from '../../../functions/endpoint/normalize/index.ts';
import { type EndpointOptions, endpoint } from '../../../functions/endpoint/source.ts';
import { noGeo } from '../../../shared/enrich/geo.ts';
import { ecsFaults } from '../../ecs.ts';
import { expectGolden } from '../../golden.ts';
import { type Any, readAll, samplesOf } from '../../source.ts';
import { body, line } from './stage.ts';

const geo: EndpointOptions['geo'] = {
  of: (ip) => (ip.startsWith('198.51.100.') ? ({ geo: { country_iso_code: 'KR' } } as Any) : undefined),
};
const source = (options: Partial<EndpointOptions> = {}) =>
  endpoint({ geo: noGeo, route: ['opensearch'], normalizeAll, ...options });
const read = (input: string | Uint8Array, options: Partial<EndpointOptions> = {}) => readAll(source(options), input);
const samples = async () =>
  (await Promise.all(samplesOf('endpoint').map(([, content]) => read(content, { geo })))).flatMap(
    ({ written }) => written,
  );

/** Field sets of Beats beside ECS. */
const BEATS =
  /^(agent\.hostname|endpoint|log\.offset|winlog|auditd|system|fileset|input|powershell|sysmon|cloud\.account\.name)\b/;

test('samples become the golden documents, which are valid ECS', async () => {
  const written = await samples();
  expectGolden(
    'endpoint',
    written.map(({ line }) => line),
  );
  expect(written.flatMap(({ document }) => ecsFaults(document)).filter((fault) => !BEATS.test(fault))).toEqual([]);
});

test('Splunk gets the lines and the Windows events themselves, as its add-ons read them', async () => {
  const seen = (await samples()).map(({ facts, raw }) => [
    facts.part,
    facts.sourcetype,
    facts.splunkSource,
    facts.host,
    facts.detected,
    raw.slice(0, 24),
  ]);
  expect(seen).toEqual([
    ['system.syslog', 'syslog', '/var/log/messages', 'web-1', false, 'Nov 24 12:00:01 web-1 sy'],
    ['system.auth', 'linux_secure', '/var/log/secure', 'web-1', true, 'Nov 24 12:00:02 web-1 ss'],
    ['system.auth', 'linux_secure', '/var/log/secure', 'web-1', true, 'Nov 24 12:00:03 web-1 su'],
    ['auditd.log', 'linux_audit', '/var/log/audit/audit.log', 'web-1', true, 'type=SYSCALL msg=audit(1'],
    ['other', '', '/var/log/app.log', 'web-1', false, '{"@timestamp":"2026-11-2'],
    ['windows.security', 'XmlWinEventLog', 'XmlWinEventLog:Security', 'DC-1', true, "<Event xmlns='http://sch"],
    ['windows.security', 'XmlWinEventLog', 'XmlWinEventLog:Security', 'DC-1', true, "<Event xmlns='http://sch"],
    ['windows.system', 'XmlWinEventLog', 'XmlWinEventLog:System', 'DC-1', true, "<Event xmlns='http://sch"],
    [
      'windows.sysmon',
      'XmlWinEventLog',
      'XmlWinEventLog:Microsoft-Windows-Sysmon/Operational',
      'DC-1',
      false,
      "<Event xmlns='http://sch",
    ],
  ]);
});

test('a Windows event becomes the XML that Windows would have written', async () => {
  const sysmon = (await samples()).find(({ facts }) => facts.part === 'windows.sysmon')!.raw;
  expect(sysmon).toContain(
    "<Provider Name='Microsoft-Windows-Sysmon' Guid='{54849625-5478-4994-a5ba-3e3b0328c30d}'/><EventID>1</EventID>",
  );
  expect(sysmon).toContain("<Data Name='CommandLine'>cmd.exe /c whoami &amp; echo &lt;done&gt;</Data>");
  const original = '<Event>as Windows had it</Event>';
  const event = {
    '@timestamp': '2026-11-24T12:00:00.000Z',
    event: { original },
    winlog: { channel: 'Security', event_id: '4624' },
  };
  expect((await read(body([event]))).raw).toEqual([original]);
});

describe('the id of a document', () => {
  const ids = async (...documents: object[]) => (await read(body(documents))).facts.map(({ id }) => id);

  test('is the fingerprint of the Beat', async () => {
    const { facts } = await read(body([line(1, 'a')], { create: { _index: 'filebeat-x', _id: 'f1' } }));
    expect(facts[0].id).toBe('f1');
  });

  test('is the same for a line that is read again later, after a restart or under another name', async () => {
    const file = { file: { path: '/var/log/a', inode: '77', device_id: '1' }, offset: 5 };
    const again = {
      '@timestamp': '2026-11-25T00:00:00.000Z',
      log: { ...file, file: { ...file.file, path: '/var/log/a.1' } },
    };
    const [one, two] = await ids(line(5, 'a', { log: file }), line(5, 'a', again));
    expect(one).toBe(two);
  });

  test('is another one for another line of a file that was rotated and has the same name, inode and offset', async () => {
    const [one, two] = await ids(line(5, 'a'), line(5, 'b'));
    expect(one).not.toBe(two);
  });

  test('is the record id of a Windows channel, with its time, since a cleared log counts anew', async () => {
    const event = {
      '@timestamp': '2026-11-24T12:00:00.000Z',
      winlog: { computer_name: 'dc', channel: 'Security', record_id: 7 },
    };
    const [one, two, three] = await ids(
      event,
      { ...event, message: 'rendered otherwise' },
      { ...event, '@timestamp': '2026-11-25T12:00:00.000Z' },
    );
    expect([one === two, one === three]).toEqual([true, false]);
  });

  test('is the content of anything else', async () => {
    const event = { '@timestamp': '2026-11-24T12:00:00.000Z', a: 1 };
    const [one, two, three] = await ids(event, event, { ...event, a: 2 });
    expect([one === two, one === three]).toEqual([true, false]);
  });
});

test('records of one event of audit.log are one document, and Splunk gets all of its lines', async () => {
  const audit = (await samples()).filter(({ facts }) => facts.part === 'auditd.log');
  expect(audit).toHaveLength(1);
  expect(audit[0].document.process.args).toEqual(['cat', '/etc/shadow']);
  expect(audit[0].raw.split('\n')).toHaveLength(4);
});

test('records of an event that come again with others are another document, so that none is lost as a repeat', async () => {
  const lines = ['SYSCALL', 'PATH', 'PROCTITLE'].map((type) => `type=${type} msg=audit(1795521604.101:4242): item=0`);
  const documents = lines.map((message, offset) =>
    line(offset, message, { log: { file: { path: '/var/log/audit/audit.log' }, offset } }),
  );
  const [some, all] = [await read(body(documents.slice(0, 2))), await read(body(documents))];
  expect([some.facts.length, all.facts.length]).toEqual([1, 1]);
  expect(some.facts[0].id).not.toBe(all.facts[0].id);
});

test('a dataset that no parameter names shares an index', async () => {
  const own = line(1, 'x', { event: { dataset: 'nginx.access' } });
  const parts = async (datasets: string[]) => (await read(body([own]), { datasets })).facts[0].part;
  expect([await parts([]), await parts(['nginx.access'])]).toEqual(['other', 'nginx.access']);
});

test('rows of endpointFields are laid over the document', async () => {
  const { documents } = await read(body([line(1, 'x')]), {
    fields: [
      ['labels.team', [], { constant: 'web' }],
      ['host.name', 'agent.id'],
    ],
  });
  expect(documents[0]).toMatchObject({ labels: { team: 'web' }, host: { name: 'a1' }, message: 'x' });
});

test.each([
  ['no JSON', '{"message":', /not JSON/],
  ['no object', '[1]', /not a JSON object/],
  ['no time', '{"message":"x"}', /has no time/],
  ['a time that is none', '{"@timestamp":"soon"}', /has no time/],
  ['too many brackets', `{"a":${'['.repeat(300)}${']'.repeat(300)}}`, /more than 200 brackets/],
])('a document with %s is refused alone, with both of its lines', async (_name, document, reason) => {
  const text = `{"create":{"_index":"filebeat-x"}}\n${document}\n`;
  const { refused, written } = await read(text + body([line(1, 'good')]));
  expect(written).toHaveLength(1);
  expect(refused.map(({ seq, raw }) => ({ seq, raw }))).toEqual([{ seq: 1, raw: text }]);
  expect(refused[0].error.message).toMatch(reason);
});
