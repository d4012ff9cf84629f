/** The manifests: held against Kubernetes' own types and against the rules of Pod Security "restricted". */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

import { manifestsOf, strangers, textOf, type Manifest } from './files.ts';

const text = textOf('kubernetes/rollcall.yaml');
const modules = fileURLToPath(new URL('../../node_modules/', import.meta.url));

/** What the compiler says of manifests that are written as values of the types that the package makes of Kubernetes' API. */
function typeFaults(manifests: readonly Manifest[]): string {
  mkdirSync(join(modules, '.cache'), { recursive: true });
  const directory = mkdtempSync(join(modules, '.cache', 'manifests-'));
  try {
    const lines = manifests.map(({ apiVersion, kind, ...rest }, no) => {
      const value = JSON.stringify({ apiVersion, kind, ...rest });
      return `import type { I${kind} as T${no} } from 'kubernetes-models/${apiVersion}/${kind}';\nexport const m${no}: T${no} = ${value};`;
    });
    const file = join(directory, 'manifests.ts');
    writeFileSync(file, lines.join('\n'));
    const options = ['--noEmit', '--strict', '--skipLibCheck', '--module', 'esnext', '--types', ''];
    const more = ['--moduleResolution', 'bundler', '--ignoreConfig', file];
    const tsc = join(modules, 'typescript', 'bin', 'tsc');
    const { stdout, status } = spawnSync(process.execPath, [tsc, ...options, ...more], { encoding: 'utf8' });
    return status === 0 ? '' : stdout || `status ${status}`;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

interface Container {
  readonly image: string;
  readonly args: readonly string[];
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
  readonly envFrom?: readonly { readonly configMapRef: { readonly name: string } }[];
  readonly ports: readonly {
    readonly name: string;
    readonly containerPort: number;
    readonly hostPort?: number;
  }[];
  readonly securityContext?: {
    readonly allowPrivilegeEscalation?: boolean;
    readonly privileged?: boolean;
    readonly readOnlyRootFilesystem?: boolean;
    readonly capabilities?: { readonly drop?: readonly string[]; readonly add?: readonly string[] };
  };
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
  readonly [probe: `${string}Probe`]: { readonly httpGet: { readonly path: string; readonly port: string } };
}
interface Pod {
  readonly hostNetwork?: boolean;
  readonly hostPID?: boolean;
  readonly hostIPC?: boolean;
  readonly enableServiceLinks?: boolean;
  readonly terminationGracePeriodSeconds: number;
  readonly securityContext?: {
    readonly runAsNonRoot?: boolean;
    readonly runAsUser?: number;
    readonly seccompProfile?: { readonly type: string };
  };
  readonly containers: readonly Container[];
  readonly volumes: readonly ({ readonly name: string } & Readonly<Record<string, unknown>>)[];
}
interface StatefulSpec {
  readonly replicas: number;
  readonly serviceName: string;
  readonly selector: { readonly matchLabels: object };
  readonly template: { readonly metadata: { readonly labels: object }; readonly spec: Pod };
  readonly volumeClaimTemplates: readonly { readonly metadata: { readonly name: string } }[];
}

/** Source: Kubernetes documentation, "Pod Security Standards", restricted; and a root file system that is only read. */
function restrictedFaults(pod: Pod): readonly string[] {
  const faults: string[] = [];
  const demand = (holds: boolean, fault: string): void => void (holds || faults.push(fault));
  demand(
    [pod.hostNetwork, pod.hostPID, pod.hostIPC].every((one) => one !== true),
    'host namespaces',
  );
  demand(pod.securityContext?.runAsNonRoot === true, 'runAsNonRoot');
  demand((pod.securityContext?.runAsUser ?? 0) > 0, 'runAsUser');
  demand(pod.securityContext?.seccompProfile?.type === 'RuntimeDefault', 'seccompProfile');
  const allowed = [
    'configMap',
    'emptyDir',
    'secret',
    'persistentVolumeClaim',
    'projected',
    'ephemeral',
    'csi',
  ];
  for (const { name, ...source } of pod.volumes)
    demand(
      Object.keys(source).every((kind) => allowed.includes(kind)),
      `volume ${name}`,
    );
  for (const { securityContext: own, ports } of pod.containers) {
    demand(own?.allowPrivilegeEscalation === false, 'allowPrivilegeEscalation');
    demand(own?.privileged !== true, 'privileged');
    demand(own?.capabilities?.drop?.includes('ALL') === true, 'capabilities');
    demand((own?.capabilities?.add ?? []).length === 0, 'added capabilities');
    demand(own?.readOnlyRootFilesystem === true, 'readOnlyRootFilesystem');
    demand(
      ports.every(({ hostPort }) => hostPort === undefined),
      'hostPort',
    );
  }
  return faults;
}

const manifests = manifestsOf(text);
const named = (kind: string, name = 'rollcall'): Manifest => {
  const found = manifests.find((one) => one.kind === kind && one.metadata.name === name);
  assert.ok(found, `${kind} ${name}`);
  return found;
};
const spec = named('StatefulSet')['spec'] as StatefulSpec;
const pod = spec.template.spec;
const [container] = pod.containers as [Container];

test('every manifest is what Kubernetes reads: no name that it does not know, and no value of another kind', () => {
  assert.equal(manifests.length, 8);
  assert.equal(typeFaults(manifests), '');
  const misspelt = manifestsOf(text.replace('readinessProbe:', 'readynessProbe:'));
  assert.match(typeFaults(misspelt), /readynessProbe/);
  assert.match(typeFaults(manifestsOf(text.replace('replicas: 3', "replicas: '3'"))), /number/);
});

test('pods keep to what "restricted" allows, and a pod that does not is found', () => {
  assert.deepEqual(restrictedFaults(pod), []);
  const context = { ...container.securityContext };
  const planted: readonly (readonly [string, Partial<Pod>])[] = [
    ['host namespaces', { hostNetwork: true }],
    ['runAsNonRoot', { securityContext: { ...pod.securityContext, runAsNonRoot: false } }],
    ['seccompProfile', { securityContext: { runAsNonRoot: true, runAsUser: 1 } }],
    ['volume host', { volumes: [{ name: 'host', hostPath: { path: '/' } }] }],
    ['capabilities', { containers: [{ ...container, securityContext: { ...context, capabilities: {} } }] }],
    ['privileged', { containers: [{ ...container, securityContext: { ...context, privileged: true } }] }],
  ];
  for (const [fault, changed] of planted)
    assert.deepEqual(restrictedFaults({ ...pod, ...changed }), [fault], fault);
  const namespace = named('Namespace').metadata.labels;
  assert.equal(namespace?.['pod-security.kubernetes.io/enforce'], 'restricted');
});

test('what manifests say of each other is true', () => {
  const labels = spec.template.metadata.labels;
  assert.deepEqual(spec.selector.matchLabels, labels);
  for (const name of ['rollcall', 'rollcall-pods'])
    assert.deepEqual((named('Service', name)['spec'] as { selector: object }).selector, labels);
  assert.equal(spec.serviceName, 'rollcall-pods');
  const budget = named('PodDisruptionBudget')['spec'] as { maxUnavailable: number; selector: object };
  assert.deepEqual(budget.selector, { matchLabels: labels });
  assert.ok(budget.maxUnavailable < spec.replicas);
  const policy = named('NetworkPolicy')['spec'] as { podSelector: object };
  assert.deepEqual(policy.podSelector, { matchLabels: labels });
  const volumes = [...pod.volumes, ...spec.volumeClaimTemplates.map(({ metadata }) => metadata)];
  assert.deepEqual(
    container.volumeMounts.map(({ name }) => name).toSorted(),
    volumes.map(({ name }) => name).toSorted(),
  );
});

test('settings are settings, secrets are files, and probes ask for paths that are served', () => {
  const map = named('ConfigMap')['data'] as Readonly<Record<string, string>>;
  const env = container.env ?? [];
  assert.deepEqual(strangers([...Object.keys(map), ...env.map(({ name }) => name)]), []);
  // A Service of the same name would set ROLLCALL_PORT to an address otherwise.
  assert.equal(pod.enableServiceLinks, false);
  for (const { name, value = '' } of env) {
    assert.match(name, /_FILE$/);
    assert.ok(
      container.volumeMounts.some(({ mountPath }) => value.startsWith(`${mountPath}/`)),
      value,
    );
  }
  assert.equal(container.startupProbe?.httpGet.path, '/readyz');
  assert.equal(container.readinessProbe?.httpGet.path, '/readyz');
  assert.equal(container.livenessProbe?.httpGet.path, '/livez');
  // Drained, calls under way finished, what was accepted settled: before it is killed.
  assert.ok(Number(map['ROLLCALL_DRAIN_MS']) / 1_000 + 30 < pod.terminationGracePeriodSeconds);
});
