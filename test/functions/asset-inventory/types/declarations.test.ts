import { describe, expect, test } from '@jest/globals';
import { allDeclarations } from '../../../../functions/asset-inventory/discovery/registry.ts';

const all = await allDeclarations();

/** Parts of an asset that a detail may fill. */
const FILLED =
  /^(name|region|tags|net|security|relationships|createdAt|incarnation)$|^(net|security|volatile)\.[a-z]\w*$/;

describe.each(all)('$type', ({ type, scope, pack, actions, details = [] }) => {
  test('is called as CloudFormation calls its types', () => {
    expect(type).toMatch(/^AWS::[A-Z]\w+::[A-Z]\w+$/);
  });

  test('names its calls as IAM does', () => {
    const named = [...actions, ...details.map(({ action }) => action)];
    expect(named).not.toEqual([]);
    // API Gateway's actions are the methods of HTTP
    expect(named.filter((action) => !/^([a-z0-9-]+:[A-Z][A-Za-z0-9]+|apigateway:GET)$/.test(action))).toEqual([]);
  });

  test('says what each detail fills', () => {
    expect(details.filter(({ fills }) => fills.length === 0)).toEqual([]);
    expect(details.flatMap(({ fills }) => fills).filter((path) => !FILLED.test(path))).toEqual([]);
  });

  test('is looked at in a pack of its scope', () => {
    expect(scope === 'global' || pack !== 'identity').toBe(true);
  });
});
