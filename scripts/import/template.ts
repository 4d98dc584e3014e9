/** A template as JSON: what a value refers to, and values without what is not there. */

export type Value = string | number | boolean | null | readonly Value[] | { readonly [name: string]: Value };
export type Members = Readonly<Record<string, Value>>;

export interface Resource {
  readonly Type: string;
  readonly DependsOn?: string | readonly string[];
  readonly Properties?: Members;
  readonly [attribute: string]: Value | undefined;
}

export interface Template {
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly [section: string]: unknown;
}

const isMembers = (value: Value): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Logical ids that a value refers to by Ref, GetAtt or Sub. Pseudo parameters (`AWS::Region`) are left out. */
export function references(value: Value): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(references);
  if (!isMembers(value)) return [];
  const { Ref: ref, 'Fn::GetAtt': attribute, 'Fn::Sub': text, ...others } = value;
  const named = [
    ...(typeof ref === 'string' ? [ref] : []),
    ...(attribute === undefined ? [] : [String(Array.isArray(attribute) ? attribute[0] : attribute).split('.')[0]]),
    ...(text === undefined ? [] : inText(text)),
  ];
  return [...named.filter((name) => !name.startsWith('AWS::')), ...Object.values(others).flatMap(references)];
}

/** `${Name}`, `${Name.Attribute}`; `${!Literal}` is not a reference. A list has its own variables after the text. */
function inText(sub: Value): readonly string[] {
  const [text, variables] = Array.isArray(sub) ? sub : [sub, {}];
  const own = isMembers(variables ?? {}) ? (variables as Members) : {};
  const named = [...String(text).matchAll(/\$\{([A-Za-z0-9:]+)(?:\.[^}]*)?\}/g)].map(([, name]) => name);
  return [...named.filter((name) => !Object.hasOwn(own, name)), ...references(own)];
}

/**
 * A value without what refers to a resource that is missing. An object that has such a member is incomplete and goes as a
 * whole; of a list the element goes. Undefined: nothing is left.
 */
export function without(value: Value, isMissing: (id: string) => boolean): Value | undefined {
  const isGone = (each: Value) => references(each).some(isMissing);
  if (Array.isArray(value)) return value.filter((each) => !isGone(each));
  if (!isMembers(value) || !isGone(value)) return value;
  const members = Object.entries(value);
  if (members.some(([, member]) => isReference(member) && isGone(member))) return undefined;
  const kept = members.flatMap(([name, member]) => {
    const left = without(member, isMissing);
    return left === undefined ? [] : [[name, left] as const];
  });
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}

const isReference = (value: Value): boolean =>
  isMembers(value) && Object.keys(value).every((name) => name === 'Ref' || name.startsWith('Fn::'));
