/** A rule that lacks something is refused, by its name and with what it lacks. */
import { describe, expect, test } from '@jest/globals';
import { check } from '../../scripts/detections/check.ts';
import { FOLDER, samplesIn } from '../../scripts/detections/load.ts';
import { parse } from '../../scripts/detections/parse.ts';
import { testsIn } from '../../scripts/detections/proof/cases.ts';
import { faultsOf, subjects } from '../../scripts/detections/proof/proof.ts';

const samples = samplesIn(`${FOLDER}/samples`);

const GOOD = `title: A trail was stopped
id: 6a1f0c52-0a52-4f0e-9f1e-2a6f2f5c0009
description: A trail writes nothing more.
tags: [attack.defense-evasion, attack.t1562.008]
logsource: { product: aws, service: cloudtrail }
detection:
  stopped:
    eventName: StopLogging
  condition: stopped
falsepositives: [None]
level: high
response: [Start it again.]
`;
const TESTS = `fires:
  - { why: stopped, like: call-by-user, set: { eventName: StopLogging } }
silent:
  - { why: started, like: call-by-user, set: { eventName: StartLogging } }
`;

async function judged(rule: string, tests: string | undefined): Promise<readonly string[]> {
  const [detection] = parse(rule, 'mine');
  const kept = { detection, group: 'own', tests: tests === undefined ? undefined : testsIn(tests, 'mine', samples) };
  check(kept, {});
  return (await subjects([kept], {})).flatMap(faultsOf);
}

test('one that has everything is taken', async () => {
  expect(await judged(GOOD, TESTS)).toEqual([]);
});

describe('refused by name', () => {
  const SILENT = TESTS.slice(0, TESTS.indexOf('silent'));
  const FIRES = TESTS.slice(TESTS.indexOf('silent'));
  test.each([
    ['no tests', GOOD, undefined, 'mine: it has no tests'],
    ['no negative', GOOD, SILENT, 'mine: it has no negative'],
    ['no positive', GOOD, FIRES, 'mine: it has no positive'],
    ['no MITRE tag', GOOD.replace(', attack.t1562.008', ''), TESTS, 'mine: it has no MITRE tag'],
    ['a technique that is none', GOOD.replace('t1562.008', 't9999'), TESTS, 'T9999 is not in the matrix'],
    [
      'an unknown field',
      GOOD.replace('eventName:', 'eventNaem:'),
      TESTS,
      'mine: documents of cloudtrail have no field "eventNaem"',
    ],
    [
      'a field without an index',
      GOOD.replace('eventName:', 'responseElements.trail:'),
      TESTS,
      '"responseElements.trail" is kept as "aws.cloudtrail.response_elements.trail" without an index',
    ],
    ['an unknown log source', GOOD.replace('cloudtrail }', 'nosuch }'), TESTS, 'aws/nosuch'],
    ['a modifier', GOOD.replace('eventName:', 'eventName|base64:'), TESTS, 'mine: the modifier "base64"'],
    [
      'a keyword search',
      GOOD.replace('eventName: StopLogging', '- StopLogging'),
      TESTS,
      'mine: "stopped" searches without a field',
    ],
    [
      'a condition that names nothing',
      GOOD.replace('condition: stopped', 'condition: stoped'),
      TESTS,
      'mine: the condition names "stoped"',
    ],
    ['a template in its title', GOOD.replace('A trail was', 'A {{trail}} was'), TESTS, 'mine: two braces'],
    ['a template in a value', GOOD.replace('StopLogging', '"{{x}}"'), TESTS, 'mine: two braces'],
    ['no response', GOOD.replace(/response.*\n/, ''), TESTS, 'mine: it does not say what to do'],
    ['no id', GOOD.replace(/id: .*\n/, ''), TESTS, 'mine: its id is no UUID'],
    [
      'a list that is not there',
      GOOD.replace('eventName: StopLogging', 'eventName|expand: "%nosuch%"'),
      TESTS,
      'mine: there is no list "nosuch"',
    ],
    [
      'a number asked of a text',
      GOOD.replace('eventName:', 'eventName|gt:').replace('StopLogging', '5'),
      TESTS,
      'mine: "eventName" is not a number',
    ],
    [
      'parts of words',
      GOOD.replace('eventName: StopLogging', 'errorMessage: "auth*ized"'),
      TESTS,
      'mine: "errorMessage" is a text of words',
    ],
    [
      'a test without a sentence',
      GOOD,
      TESTS.replace('why: stopped, ', ''),
      'mine: its tests are broken: a case needs a sentence',
    ],
    [
      'a test of no sample',
      GOOD,
      TESTS.replace('call-by-user', 'nobody'),
      'mine: its tests are broken: there is no sample "nobody"',
    ],
    ['a word of tests that is none', GOOD, `${TESTS}fired: []\n`, 'mine: its tests are broken: "fired" is not one of'],
    [
      'a search called off',
      GOOD.replace('  stopped:', '  off:').replace('condition: stopped', 'condition: off'),
      TESTS,
      'mine: its search is called "off"',
    ],
    ['YAML that is none', 'title: [', TESTS, "mine: the YAML can't be read"],
    ['a file of comments', '# nothing\n', TESTS, 'mine: the file has no rule'],
    ['a level that is a list', GOOD.replace('high', '[high, low]'), TESTS, 'mine: its level "high,low" is not one of'],
    ['two rules of one name', `${GOOD}---\n${GOOD}`, TESTS, 'mine: the file has two rules of this name'],
    [
      'a field that every object has',
      GOOD.replace('eventName:', 'constructor:'),
      TESTS,
      'mine: documents of cloudtrail have no field "constructor"',
    ],
    [
      'a list that every object has',
      GOOD.replace('eventName: StopLogging', 'eventName|expand: "%constructor%"'),
      TESTS,
      'mine: there is no list "constructor"',
    ],
    [
      'two ways to compare',
      GOOD.replace('eventName:', 'eventName|contains|startswith:'),
      TESTS,
      'mine: the modifiers of "eventName|contains|startswith" contradict each other',
    ],
    [
      'a modifier of nothing',
      GOOD.replace('eventName:', 'eventName|i:'),
      TESTS,
      'mine: the modifier "i" of "eventName|i"',
    ],
    [
      'exists without true or false',
      GOOD.replace('eventName: StopLogging', 'eventName|exists: maybe'),
      TESTS,
      'mine: "eventName|exists" needs true or false',
    ],
    [
      'a block of 99 bits',
      GOOD.replace('eventName: StopLogging', 'sourceIPAddress|cidr: 10.0.0.0/99'),
      TESTS,
      'mine: "sourceIPAddress|cidr" needs a block such as 10.0.0.0/8',
    ],
    ['a value that no document keeps', GOOD.replace('StopLogging', 'x'.repeat(9000)), TESTS, 'more than 8191 letters'],
    [
      'a condition without an end',
      GOOD.replace('condition: stopped', `condition: ${'('.repeat(5000)}stopped`),
      TESTS,
      'mine: the condition has more than 1000 words',
    ],
    [
      'a template in what may be harmless',
      GOOD.replace('[None]', '["{{ctx}}"]'),
      TESTS,
      'mine: two braces {{ are not allowed in its texts',
    ],
    ['an empty file of tests', GOOD, '', 'mine: its tests are broken: expected one document with fires and silent'],
    ['tests without a case', GOOD, 'fires:\nsilent:\n', 'mine: it has no positive'],
    [
      'an event with a word that is none',
      GOOD,
      TESTS.replace('set:', 'sett:'),
      'mine: its tests are broken: "sett" is not one of why, events, like',
    ],
    [
      'a case without events',
      GOOD,
      TESTS.replace('like: call-by-user, set: { eventName: StopLogging }', 'events: []'),
      'mine: its tests are broken: events is not a list with an event',
    ],
    [
      'more events than memory',
      GOOD,
      TESTS.replace('set:', 'times: 100000000, set:'),
      'mine: its tests are broken: times is not a whole number from 1 to 10000',
    ],
    [
      'an event at no time',
      GOOD,
      TESTS.replace('set:', 'at: later, set:'),
      'mine: its tests are broken: at and every are seconds',
    ],
  ])('%s', async (_, rule, tests, why) => {
    await expect(judged(rule, tests)).rejects.toThrow(why);
  });

  const CORRELATION = `title: A call
name: call
logsource: { product: aws, service: cloudtrail }
detection: { call: { eventName: StopLogging }, condition: call }
---
title: Many calls
id: 6a1f0c52-0a52-4f0e-9f1e-2a6f2f5c0010
tags: [attack.defense-evasion, attack.t1562.008]
description: Somebody calls again and again.
falsepositives: [None]
response: [Ask who it was.]
correlation:
  type: event_count
  rules: [call]
  group-by: [userIdentity.arn]
  timespan: 10m
  condition: { gte: 3 }
`;
  test.each([
    ['a rule that the file does not have', '[call]', '[calls]', 'mine: its correlation names the rule "calls"'],
    ['itself', '[call]', '[mine]', 'mine: its correlation names the rule "mine"'],
    ['a rule twice', '[call]', '[call, call]', 'mine: its correlation names the rule "call" twice'],
    ['no time', '10m', '0m', 'mine: its timespan "0m" is not between 1s and 7d'],
    ['a year', '10m', '365d', 'mine: its timespan "365d" is not between 1s and 7d'],
    ['no event', 'gte: 3', 'gte: 0', 'mine: its condition gte: 0 counts no event'],
    ['a key that documents do not have', 'userIdentity.arn', 'nosuch', 'mine: documents of cloudtrail have no field'],
  ])('a correlation over %s', async (_, from, to, why) => {
    await expect(judged(CORRELATION.replace(from, to), TESTS)).rejects.toThrow(why);
  });

  test('an event that the source refuses', async () => {
    const tests = TESTS.replace('eventName: StopLogging }', 'eventName: StopLogging, eventTime: never }');
    await expect(judged(GOOD, tests)).rejects.toThrow('mine: its tests are broken: cloudtrail refused an event');
  });
});

describe('a test that fails is told by its sentence', () => {
  test('an event that must fire and does not', async () => {
    expect(await judged(GOOD.replace('eventName: StopLogging', 'eventName: DeleteTrail'), TESTS)).toEqual([
      'mine: "stopped" does not fire by the evaluator',
    ]);
  });
  test('a near miss that fires', async () => {
    expect(await judged(GOOD.replace('eventName: StopLogging', 'eventName|endswith: Logging'), TESTS)).toEqual([
      'mine: "started" fires by the evaluator',
    ]);
  });
});
