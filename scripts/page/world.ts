/**
 * The countries of the world by ISO 3166-1 alpha-2 code, at 1:110 million: Natural Earth (public domain) by world-atlas (ISC).
 * https://github.com/topojson/world-atlas
 */
import { createRequire } from 'node:module';
import { registerMap } from 'echarts';
import type { Geometry, Position } from 'geojson';
import iso from 'iso-3166-1';
import { feature } from 'topojson-client';
import type { GeometryCollection, Topology } from 'topojson-specification';

/** Countries on both sides of the 180th meridian go on to the east of it; else their borders cross the whole map. */
function onOneSide(geometry: Geometry): Geometry {
  if (geometry.type === 'Polygon') return { ...geometry, coordinates: geometry.coordinates.map(ringOnOneSide) };
  if (geometry.type !== 'MultiPolygon') return geometry;
  return { ...geometry, coordinates: geometry.coordinates.map((rings) => rings.map(ringOnOneSide)) };
}

function ringOnOneSide(ring: Position[]): Position[] {
  const isAcross = ring.some(([x], at) => at > 0 && Math.abs(x - ring[at - 1][0]) > 180);
  return isAcross ? ring.map(([x, y]) => [x < 0 ? x + 360 : x, y]) : ring;
}

type World = Topology<{ readonly countries: GeometryCollection<{ readonly name: string }> }>;

/** Codes that the map can show: not those of small islands and cities, nor those of unsettled borders. */
export function registerWorld(): ReadonlySet<string> {
  const world = createRequire(import.meta.url)('world-atlas/countries-110m.json') as World;
  const { features } = feature(world, world.objects.countries);
  const known = new Set<string>();
  const named = features
    .filter(({ id }) => id !== '010') // Antarctica
    .map((each) => {
      const code = each.id === undefined ? undefined : iso.whereNumeric(String(each.id).padStart(3, '0'))?.alpha2;
      if (code !== undefined) known.add(code);
      return { ...each, geometry: onOneSide(each.geometry), properties: { name: code ?? each.properties.name } };
    });
  const map = { type: 'FeatureCollection', features: named };
  registerMap('world', map as unknown as Parameters<typeof registerMap>[1]);
  return known;
}
