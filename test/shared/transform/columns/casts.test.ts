import { describe, expect, test } from '@jest/globals';
import { DecodeError } from '../../../../shared/errors.ts';
import { literal } from '../../../../shared/text/text.ts';
import { addressCasts } from '../../../../shared/transform/columns/casts.ts';
import type { Field } from '../../../../shared/transform/rows.ts';
import { documentOf, written } from '../written.ts';

describe('casts for the ends of a connection', () => {
  const seoul = literal('"geo":{"country_iso_code":"KR"},');
  const casts = addressCasts({
    rendered: (bytes, start, end) =>
      Buffer.from(bytes.subarray(start, end)).toString() === '192.0.2.1' ? seoul : undefined,
    of: () => undefined,
  });
  const fields: Field[] = [
    ['source.ip', 'src', 'geo'],
    ['network.type', 'src', 'family'],
    ['network.community_id', ['src', 'dst', 'protocol', 'sport', 'dport'], 'community'],
    ['related.ip', ['src', 'dst', 'pkt'], 'ips'],
  ];
  const flow = { src: '192.0.2.1', dst: '10.0.0.1', pkt: '10.0.0.1', protocol: '6', sport: '443', dport: '50000' };

  test('check addresses, place them and list each once', async () => {
    expect(await documentOf(fields, flow, casts)).toEqual({
      source: { ip: '192.0.2.1', geo: { country_iso_code: 'KR' } },
      network: { type: 'ipv4', community_id: expect.stringMatching(/^1:[\w+/]{27}=$/) },
      related: { ip: ['192.0.2.1', '10.0.0.1'] },
    });
  });

  test('take IPv6 addresses', async () => {
    expect(await documentOf(fields, { ...flow, src: '2001:db8::1', dst: '2001:db8::2' }, casts)).toEqual({
      source: { ip: '2001:db8::1' },
      network: { type: 'ipv6', community_id: expect.stringMatching(/^1:[\w+/]{27}=$/) },
      related: { ip: ['2001:db8::1', '2001:db8::2', '10.0.0.1'] },
    });
  });

  test('leave the Community ID out for ICMP, for mixed families and where a part is absent', async () => {
    const changes = [{ protocol: '1' }, { protocol: '58' }, { src: '2001:db8::1' }, { dport: '-' }, { dst: '-' }];
    for (const change of changes) {
      const { network } = await documentOf(fields, { ...flow, ...change }, casts);
      expect(network).toEqual({ type: network.type });
    }
    const { dport: _, ...without } = flow;
    expect((await documentOf(fields, without, casts)).network).toEqual({ type: 'ipv4' });
  });

  test('leave everything out where there are no addresses', async () => {
    expect(await documentOf(fields, { ...flow, src: '-', dst: '-', pkt: '-' }, casts)).toEqual({});
  });

  test.each([
    [{ src: '10.0.0.256' }, 'src is not an IP address: "10.0.0.256"'],
    [{ src: '010.0.0.1' }, 'src is not an IP address: "010.0.0.1"'],
    [{ dst: 'fe80::1%eth0' }, 'dst is not an IP address: "fe80::1%eth0"'],
    [{ pkt: 'host.example' }, 'pkt is not an IP address: "host.example"'],
    [{ sport: '65536' }, 'sport is not a number up to 65535: "65536"'],
    [{ dport: 'x' }, 'dport is not a whole number: "x"'],
    [{ protocol: '256' }, 'protocol is not a number up to 255: "256"'],
  ])('refuse %j', async (change, message) => {
    const refused = written(fields, { ...flow, ...change }, casts);
    await expect(refused).rejects.toThrow(DecodeError);
    await expect(refused).rejects.toThrow(message);
  });
});
