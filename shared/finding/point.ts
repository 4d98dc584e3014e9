/** Where something is, as a geo_point field takes it: one out of range refuses the whole document. */

/** In: `{"lat":37.5,"lon":127.02}`, also as texts. undefined: no place; services write 0, 0 for one that they do not know. */
export function point(value: unknown): { readonly lat: number; readonly lon: number } | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const [lat, lon] = ['lat', 'lon'].map((name) => degrees(Reflect.get(value, name)));
  const isPlace = Math.abs(lat) <= 90 && Math.abs(lon) <= 180 && (lat !== 0 || lon !== 0);
  return isPlace ? { lat, lon } : undefined;
}

function degrees(value: unknown): number {
  const isText = typeof value === 'string' && value.trim() !== '';
  return isText || typeof value === 'number' ? Number(value) : Number.NaN;
}
