import { describe, expect, test } from '@jest/globals';
import { JsonFields } from '../../../../shared/decode/jsonfields.ts';
import { literal, Text } from '../../../../shared/text/text.ts';
import { Listed } from '../../../../shared/transform/bytes/listed.ts';

/** What is known of the list `l` of records, after the last of them. */
function seen(...records: readonly object[]) {
  const listed = new Listed('id', ['rules', 'more']);
  const fields = new JsonFields([{ name: 'l', isFree: true, each: listed }]);
  let text = '';
  for (const record of records) {
    text = JSON.stringify(record);
    const bytes = Buffer.alloc(text.length + 8, text);
    fields.find({ bytes, view: new DataView(bytes.buffer, bytes.byteOffset), start: 0, end: text.length });
  }
  const doc = new Text(0);
  listed.append(doc, fields.view, literal('"ids":'));
  const { count, starts, ends } = listed.rich;
  return {
    isRegular: listed.isRegular,
    appended: Buffer.from(doc.slice()).toString(),
    rich: Array.from({ length: count }, (_, i) => JSON.parse(text.slice(starts[i], ends[i]))),
  };
}

describe('a list', () => {
  test('gives the text of each object, as it is spelt', () => {
    const { appended, isRegular } = seen({ l: [{ id: 'a' }, { id: '"\\\n' }, { id: '' }] });
    expect(JSON.parse(`{${appended.slice(0, -1)}}`)).toEqual({ ids: ['a', '"\\\n', ''] });
    expect(isRegular).toBe(true);
  });

  test('may have any length', () => {
    const ids = Array.from({ length: 1000 }, (_, n) => `g${n}`);
    const { appended } = seen({ l: ids.map((id) => ({ id })) });
    expect(JSON.parse(`{${appended.slice(0, -1)}}`)).toEqual({ ids });
  });

  test('is forgotten with the next record', () => {
    expect(seen({ l: [{ id: 'a', x: 1 }, {}] }, { l: [] })).toEqual({ isRegular: true, appended: '', rich: [] });
    expect(seen({ l: [{ id: 'a', x: 1 }, {}] }, {})).toEqual({ isRegular: true, appended: '', rich: [] });
  });

  test.each([{ l: [{}] }, { l: [{ id: 7 }] }, { l: [{ id: { id: 'a' } }, { id: 'b' }] }])(
    'is not regular where an object has no text: %j',
    (record) => {
      expect(seen(record).isRegular).toBe(false);
    },
  );
});

describe('an object', () => {
  test('that says no more than its text is not kept, however it says so', () => {
    const empty = { id: 'a', rules: [], more: null };
    expect(seen({ l: [{ id: 'a' }, empty, { id: 'b', rules: {}, more: '' }] }).rich).toEqual([]);
  });

  test('that says more is kept where it stands', () => {
    const rich = [{ id: 'b', rules: [1] }, { new: true }];
    expect(seen({ l: [{ id: 'a', rules: [] }, ...rich] }).rich).toEqual(rich);
  });
});
