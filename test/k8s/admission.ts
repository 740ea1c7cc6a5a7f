/**
 * How the API server applies a mutating admission policy, as far as possible without one: an emulation. CEL is
 * evaluated by a real library; Kubernetes' own types (`JSONPatch{…}`, `Object.spec…{…}`) become maps, for which the
 * path in a type's name is checked. Selectors, match conditions and parameters are applied as the API describes.
 */
import { celEnv, isCelError, isCelList, isCelMap, parse, plan } from '@bufbuild/cel';
import type {
  IMutatingAdmissionPolicy,
  IMutatingAdmissionPolicyBinding,
} from 'kubernetes-models/admissionregistration.k8s.io/v1';
import { ofKind } from './manifest.ts';
import type { Manifest, PodSpec } from './manifest.ts';

/** A pod at its creation, in the namespace of the manifests' ConfigMaps. */
export interface Pod {
  metadata: { labels: Record<string, string> };
  spec: PodSpec;
}

type Policy = Manifest & IMutatingAdmissionPolicy;
type Binding = Manifest & IMutatingAdmissionPolicyBinding;

/** The stored pod: changed by the policy of the manifests, or unchanged. Rethrows an exception of an expression. */
export function admit(manifests: readonly Manifest[], pod: Pod): Pod {
  const [policy] = ofKind<Policy>(manifests, 'MutatingAdmissionPolicy');
  const [binding] = ofKind<Binding>(manifests, 'MutatingAdmissionPolicyBinding');
  if (policy?.spec === undefined || binding?.spec?.policyName !== policy.metadata.name) return pod;
  const params = ofKind(manifests, 'ConfigMap').find(
    ({ metadata }) => metadata.name === binding.spec?.paramRef?.name,
  );
  if (params === undefined && binding.spec.paramRef?.parameterNotFoundAction === 'Allow') return pod;
  const required = Object.entries(policy.spec.matchConstraints?.objectSelector?.matchLabels ?? {});
  if (!required.every(([name, value]) => pod.metadata.labels[name] === value)) return pod;
  const conditions = policy.spec.matchConditions ?? [];
  if (!conditions.every(({ expression }) => evaluate(expression, { object: pod, params }) === true))
    return pod;
  return (policy.spec.mutations ?? []).reduce((object, { jsonPatch }) => {
    const patches = evaluate(jsonPatch?.expression ?? '[]', { object, params });
    return (patches as Patch[]).reduce(apply, structuredClone(object));
  }, pod);
}

interface Patch {
  op: string;
  path: string;
  value: unknown;
}

/** JSON Patch (RFC 6902), of which only `add` is used. */
function apply(pod: Pod, { op, path, value }: Patch): Pod {
  if (op !== 'add') throw new Error(`JSON patch: ${op} is not known here`);
  const steps = path.split('/').slice(1);
  const last = steps.pop() ?? '';
  const target = steps.reduce<unknown>((at, step) => (at as Record<string, unknown>)[step], pod);
  if (Array.isArray(target) && last === '-') target.push(value);
  else if (typeof target === 'object' && target !== null) Object.assign(target, { [last]: value });
  else throw new Error(`JSON patch: there is no ${path}`);
  return pod;
}

/** The value of an expression, as JSON. */
export function evaluate(expression: string, variables: Record<string, unknown>): unknown {
  const parsed = parse(expression);
  if (parsed.expr !== undefined) asMaps(parsed.expr, null);
  const bound = Object.entries(variables).map(([name, value]) => [name, toCel(value)]);
  const value = plan(celEnv(), parsed)(Object.fromEntries(bound) as Record<string, never>);
  if (isCelError(value)) throw new Error(`${expression}: ${value.message}`);
  return toJson(value);
}

type Expression = NonNullable<ReturnType<typeof parse>['expr']>;

/**
 * Converts messages to maps. A type is named by its path: a field of `Object.spec` has the type `Object.spec.<field>`.
 */
function asMaps({ exprKind }: Expression, place: string | null): void {
  if (exprKind.case === 'callExpr') {
    for (const one of [exprKind.value.target, ...exprKind.value.args]) if (one) asMaps(one, place);
  } else if (exprKind.case === 'listExpr') {
    for (const one of exprKind.value.elements) asMaps(one, place);
  } else if (exprKind.case === 'structExpr') {
    const struct = exprKind.value;
    const type = struct.messageName;
    if (place !== null && type !== '' && type !== place)
      throw new Error(`${type} lies where ${place} belongs`);
    for (const entry of struct.entries) {
      const field = entry.keyKind.case === 'fieldKey' ? entry.keyKind.value : null;
      if (entry.value) asMaps(entry.value, type.startsWith('Object') ? `${type}.${field}` : null);
      if (field !== null) entry.keyKind = { case: 'mapKey', value: text(field) };
    }
    struct.messageName = '';
  }
}

function text(value: string): Expression {
  const { expr } = parse(JSON.stringify(value));
  if (expr === undefined) throw new Error(`CEL can't read ${value}`);
  return expr;
}

function toCel(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toCel);
  if (typeof value === 'number') return BigInt(value);
  if (typeof value !== 'object' || value === null) return value;
  return new Map(Object.entries(value).map(([key, inner]) => [key, toCel(inner)]));
}

function toJson(value: unknown): unknown {
  if (typeof value === 'bigint') return Number(value);
  if (isCelList(value)) return [...value].map(toJson);
  if (isCelMap(value))
    return Object.fromEntries([...value].map(([key, inner]) => [key as string, toJson(inner)]));
  return value;
}
