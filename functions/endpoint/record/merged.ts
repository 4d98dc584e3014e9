/** One object laid over another, member by member; lists and values of the upper one replace those below. */
import { isObject, type JsonObject } from '../../../shared/transform/objects/compile.ts';

export function merged(below: JsonObject, above: JsonObject): JsonObject {
  const all: Record<string, unknown> = { ...below };
  for (const [name, value] of Object.entries(above)) {
    const under = all[name];
    all[name] = isObject(under) && isObject(value) ? merged(under, value) : value;
  }
  return all as JsonObject;
}
