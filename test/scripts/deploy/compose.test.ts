import { describe, expect, test } from '@jest/globals';
import { fill, overlay } from '../../../scripts/deploy/compose.ts';

describe('fill', () => {
  const words = { Source: 'Waf', source: 'waf', sources: ['waf', 'dns'], visibility: 1800 };

  test('names stand in keys and in the middle of texts', () => {
    expect(fill({ $SourceQueue: { Name: 'stack-$source-dead', Arn: ['$SourceQueue', 'Arn'] } }, words)).toEqual({
      WafQueue: { Name: 'stack-waf-dead', Arn: ['WafQueue', 'Arn'] },
    });
  });

  test('a text that is nothing but a word becomes its value', () => {
    expect(fill({ VisibilityTimeout: '$visibility' }, words)).toEqual({ VisibilityTimeout: 1800 });
  });

  test('other dollars, numbers and empty values stay', () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: Fn::Sub's
    const tree = { Price: '$5', Version: '$LATEST', $or: [], Sub: '${AWS::Region}', Count: 3, On: true, None: null };
    expect(fill(tree, words)).toEqual(tree);
  });

  test('of two words that fit, the longer counts', () => {
    expect(fill(['$sources', '$source/', '$sourcesX'], words)).toEqual([['waf', 'dns'], 'waf/', 'waf,dnsX']);
  });

  test('a word that nobody knows is refused', () => {
    expect(() => fill({ Name: '$stack-x' }, words)).toThrow('"$stack" begins with no known word');
  });
});

describe('overlay', () => {
  test('objects merge, lists add to each other, of other values the later counts', () => {
    const below = { Role: { Policies: ['log'], Path: '/' } };
    expect(overlay(below, { Role: { Policies: ['queue'], Path: '/b/' }, Queue: 1 })).toEqual({
      Role: { Policies: ['log', 'queue'], Path: '/b/' },
      Queue: 1,
    });
  });

  test('what lies below is not changed', () => {
    const below = { Role: { Policies: ['log'] } };
    overlay(below, { Role: { Policies: ['queue'] } });
    expect(below).toEqual({ Role: { Policies: ['log'] } });
  });
});
