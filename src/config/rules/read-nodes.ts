import { isAlias, isMap, isScalar, isSeq } from 'yaml';
import type { Pair, YAMLMap, YAMLSeq } from 'yaml';
import { LIMITS } from './limits.ts';

/** Where a value is in the text, and where its parts are. */
export interface Place {
  offset: number;
  keys?: ReadonlyMap<string, { offset: number; value: Place }>;
  items?: readonly Place[];
}

/** A problem with a node, at its offset in the text. */
export interface NodeProblem {
  offset: number;
  message: string;
}

/** For `title: {{name}}`, which is a map to YAML. */
export const QUOTE_TEMPLATE = 'write a template in quotes: "{{name}}"';
/** For `name: *.iso`, which is an alias to YAML. */
export const QUOTE_GLOB = 'write a glob that begins with * in quotes: "*.iso"';

/** A value that was read, and how many values it consists of. */
interface Value {
  data: unknown;
  place: Place;
  size: number;
}

interface Reading {
  anchors: Map<string, Value>;
  /** Counted with those of aliases, which are validated each time. */
  values: number;
  problems: NodeProblem[];
}

/** The data in YAML nodes. Not the `toJS` of the library: it has no places, and a map that is aliased often would be validated as often. */
export function readNodes(root: unknown): Pick<Value, 'data' | 'place'> & { problems: NodeProblem[] } {
  const reading: Reading = { anchors: new Map(), values: 0, problems: [] };
  const { data, place } = readNode(root, 0, reading);
  if (reading.values > LIMITS.values)
    reading.problems.push({ offset: 0, message: `the file has more than ${LIMITS.values} values` });
  return { data, place, problems: reading.problems };
}

function readNode(node: unknown, offset: number, reading: Reading): Value {
  if (isAlias(node)) return resolveAlias(node.source, startOf(node, offset), reading);
  reading.values += 1;
  const start = startOf(node, offset);
  const value = readOwn(node, start, reading);
  const anchor = isMap(node) || isSeq(node) || isScalar(node) ? node.anchor : undefined;
  if (anchor !== undefined) reading.anchors.set(anchor, value);
  return value;
}

function readOwn(node: unknown, offset: number, reading: Reading): Value {
  if (isMap(node)) return readMap(node, offset, reading);
  if (isSeq(node)) return readList(node, offset, reading);
  return { data: isScalar(node) ? node.value : null, place: { offset }, size: 1 };
}

const startOf = (node: unknown, otherwise: number): number =>
  (node as { range?: readonly number[] | null } | null)?.range?.[0] ?? otherwise;

/** An alias inside its own anchor is unknown: the anchor is complete only after it. */
function resolveAlias(name: string, offset: number, reading: Reading): Value {
  const value = reading.anchors.get(name);
  if (value === undefined) {
    reading.problems.push({ offset, message: `this is a YAML alias without an anchor; ${QUOTE_GLOB}` });
    return { data: null, place: { offset }, size: 1 };
  }
  reading.values += value.size;
  // Over the limit nothing is resolved any more: the file is rejected.
  const data = reading.values > LIMITS.values ? null : value.data;
  return { ...value, data, place: { ...value.place, offset } };
}

function readList({ items }: YAMLSeq, offset: number, reading: Reading): Value {
  const values = items.map((item) => readNode(item, offset, reading));
  return {
    data: values.map(({ data }) => data),
    place: { offset, items: values.map(({ place }) => place) },
    size: values.reduce((sum, { size }) => sum + size, 1),
  };
}

function readMap({ items }: YAMLMap, offset: number, reading: Reading): Value {
  // Without a prototype, `__proto__` is a key like any other.
  const data = Object.create(null) as Record<string, unknown>;
  const keys = new Map<string, { offset: number; value: Place }>();
  let size = 1;
  for (const pair of items) {
    const at = startOf(pair.key, offset);
    const key = keyOf(pair);
    const value = readNode(pair.value, at, reading);
    size += value.size;
    if (key === null) {
      reading.problems.push({ offset: at, message: `a key must be text; ${QUOTE_TEMPLATE}` });
    } else if (keys.has(key)) {
      reading.problems.push({ offset: at, message: 'this key is in the same map twice' });
    } else {
      data[key] = value.data;
      keys.set(key, { offset: at, value: value.place });
    }
  }
  return { data, place: { offset, keys }, size };
}

/** The text of a key; `null` if it is no scalar. */
function keyOf({ key }: Pair): string | null {
  if (!isScalar(key)) return null;
  return typeof key.value === 'string' ? key.value : (key.source ?? String(key.value));
}
