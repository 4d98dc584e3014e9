/** The incident that story.ts found, as HTML: four steps, each with the search that leads to it. */
import { type Call, type Peer, type Story, textAt } from './story.ts';
import { bytesText, escaped, numberText, timeText, valuesAt } from './text.ts';

export function incidentHtml(story: Story | undefined): string {
  if (story === undefined) return '';
  const { finding, calls, address, outgoing, incoming } = story;
  const user = textAt(finding, 'user.name');
  return `<section id="incident"><h2>One incident, end to end</h2>
<p class="purpose">Four searches over the documents of this run. Each takes a value from the one before.</p>
<ol class="story">
${step('GuardDuty reports', `aws-findings-history-* · ${textAt(finding, 'rule.name')}`, findingHtml(story))}
${step('CloudTrail shows the calls', `aws-cloudtrail-* · user.name:${user} OR source.ip:${textAt(finding, 'source.ip')}`, callsHtml(calls))}
${step('Flow logs show the traffic', `aws-flowlogs-* · source.ip:${address} / destination.ip:${address}`, `<div class="two"><div><h4>From ${escaped(address)} to</h4>${peersHtml(outgoing)}</div><div><h4>To ${escaped(address)} from</h4>${peersHtml(incoming)}</div></div>`)}
${step('The inventory names the owner', `aws-assets-current · host.ip:${address}`, assetHtml(story))}
</ol></section>`;
}

const step = (title: string, search: string, body: string): string =>
  `<li class="panel"><h3>${escaped(title)}</h3><p class="search"><code>${escaped(search)}</code></p>${body}</li>`;

function pairs(document: Readonly<Record<string, unknown>>, paths: readonly (readonly [string, string])[]): string {
  const cells = paths.flatMap(([label, path]) => {
    const text = valuesAt(document, path).map(String).join(', ');
    return text === '' ? [] : [`<div><dt>${escaped(label)}</dt><dd>${escaped(text)}</dd></div>`];
  });
  return `<dl>${cells.join('')}</dl>`;
}

const findingHtml = ({ finding }: Story): string =>
  `<p>${escaped(textAt(finding, 'event.reason') || textAt(finding, 'message'))}</p>${pairs(finding, [
    ['Severity', 'finding.severity'],
    ['Time', '@timestamp'],
    ['Account', 'cloud.account.id'],
    ['Region', 'cloud.region'],
    ['User', 'user.name'],
    ['From', 'source.ip'],
    ['Instance', 'cloud.instance.id'],
  ])}`;

const NUMBERS = /^(Calls|Flows|Bytes)$/;

function table(head: readonly string[], body: readonly (readonly string[])[]): string {
  if (body.length === 0) return '<p class="none">No document matches.</p>';
  const cell = (tag: string, text: string, at: number) =>
    `<${tag}${NUMBERS.test(head[at]) ? ' class="n"' : ''} title="${escaped(text)}">${escaped(text)}</${tag}>`;
  const row = (tag: string, texts: readonly string[]) =>
    `<tr>${texts.map((text, at) => cell(tag, text, at)).join('')}</tr>`;
  return `<table><thead>${row('th', head)}</thead><tbody>${body.map((each) => row('td', each)).join('')}</tbody></table>`;
}

const callsHtml = (calls: readonly Call[]): string =>
  table(
    ['First (UTC)', 'Who', 'Call', 'From', 'Outcome', 'Calls'],
    calls.slice(0, 12).map(({ first, who, action, from, outcome, count }) => {
      return [timeText(Date.parse(first)), who, action, from, outcome, numberText(count)];
    }),
  );

const peersHtml = (peers: readonly Peer[]): string =>
  table(
    ['Address', 'Ports', 'Flows', 'Bytes'],
    peers.map(({ ip, ports, flows, bytes }) => [ip, ports.join(', '), numberText(flows), bytesText(bytes)]),
  );

function assetHtml({ asset }: Story): string {
  if (asset === undefined) return '<p class="none">The inventory does not know this address.</p>';
  return pairs(asset, [
    ['Name', 'asset.name'],
    ['Owner', 'asset.owner'],
    ['Environment', 'asset.environment'],
    ['Exposure', 'asset.exposure'],
    ['Account', 'cloud.account.id'],
    ['Addresses', 'host.ip'],
    ['Asset', 'asset.id'],
  ]);
}
