import { appendFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { parseAllDocuments, parse as parseYaml, stringify } from 'yaml';
import { parseConfig } from '../../src/config/config.ts';
import { documentProblem } from '../../src/graphql/limits/documentLimits.ts';
import { buildGatewaySchema } from '../../src/graphql/schema.ts';
import { readManifest } from '../../src/graphql/trustedDocuments.ts';
import { type KubernetesObject, kubernetesWith, only, render } from './support/kustomize.ts';
import { unknownFields, validate } from './support/models.ts';
import { environmentOf } from './support/pod.ts';

/** `programs` is in docs/deployment.md. */
const GATEWAYS = ['public', 'programs'] as const;
const OVERLAYS = [...GATEWAYS, 'monitoring'] as const;

const [, path = '', overlay = ''] =
  /^```yaml\n# (\S+)\n(.*?)^```/ms.exec(readFileSync('docs/deployment.md', 'utf8')) ?? [];

/** The files of secrets, and the overlay, that docs/deployment.md writes. */
const WRITTEN = {
  [path]: overlay,
  'components/upstream/secrets/upstream-oauth-key': 'key',
  'components/upstream/secrets/upstream-oauth-secret': 'hush-hush',
  'components/upstream/secrets/redis-url': 'redis://redis:6379',
  'components/upstream/secrets/cache-secret': 'x'.repeat(44),
};

const KUBERNETES = kubernetesWith(WRITTEN);
const folder = mkdtempSync(join(tmpdir(), 'pod-'));
afterAll(() => {
  for (const path of [dirname(KUBERNETES), folder]) rmSync(path, { recursive: true });
});

const rendered = Object.fromEntries(OVERLAYS.map((name) => [name, render(`${KUBERNETES}/overlays/${name}`)])) as Record<
  (typeof OVERLAYS)[number],
  KubernetesObject[]
>;
const configOf = (name: (typeof GATEWAYS)[number]) => parseConfig(environmentOf(rendered[name], folder));
const settingsOf = (objects: readonly KubernetesObject[]) =>
  Object.keys(only(objects, 'ConfigMap', 'promotions-gateway').data);
const podOf = (name: (typeof GATEWAYS)[number]) => only(rendered[name], 'Deployment').spec.template;

describe.each(OVERLAYS)('The overlay %s', (name) => {
  test.each(rendered[name].map((object) => [object.kind, object.metadata.name, object] as const))(
    'has a %s %s as the published schema has it',
    async (_kind, _name, object) => {
      await expect(validate(object)).resolves.toBeUndefined();
    },
  );

  test('has no field that the published schemas do not know', () => {
    expect(unknownFields(rendered[name])).toBe('');
  });

  test('gives every object the name of the application', () => {
    const labels = rendered[name].map(({ metadata }) => metadata.labels?.['app.kubernetes.io/name']);
    expect(new Set(labels)).toEqual(new Set(['promotions-gateway']));
  });
});

test('An object with a misspelt field is found', () => {
  const misspelt = structuredClone(only(rendered.public, 'Deployment'));
  misspelt.spec.template.spec.securtyContext = {};
  expect(unknownFields([misspelt])).toContain('securtyContext');
});

describe('The environment of the overlay', () => {
  test('public starts with tokens, trusted documents and a rate limit', () => {
    const config = configOf('public');
    expect(config).toMatchObject({
      auth: { mode: 'jwt' },
      upstreamAuth: { kind: 'oauth', key: 'key' },
      rateLimitPerMinute: 120,
      playground: false,
      introspection: false,
    });
    expect(config.redis?.topology).toEqual({ kind: 'single', address: { host: 'redis', port: 6379 } });
    const { introspection, limits, persistedOperations = '' } = config;
    const schema = buildGatewaySchema();
    const problemOf = (text: string) => documentProblem(text, schema, { ...limits, introspection });
    expect(readManifest(persistedOperations, problemOf).size).toBeGreaterThan(0);
  });

  test('programs starts with API keys', () => {
    expect(configOf('programs')).toMatchObject({
      introspection: false,
      auth: { mode: 'api-key', keys: [{ name: 'till' }] },
      upstreamAuth: { kind: 'oauth', key: 'key' },
      playground: false,
    });
  });

  test('for a router is made without the files of OAuth, and starts with the credentials of its callers', () => {
    const recipe = overlay.replace(/^configMapGenerator:\n.*/ms, '');
    const component = ['upstream.env', 'kustomization.yaml'].map((name) => {
      const file = `components/upstream/${name}`;
      const lines = readFileSync(join('deploy/kubernetes', file), 'utf8').split('\n');
      const without = lines.filter((line) => !/upstream-oauth-(key|secret)$/.test(line));
      expect(lines.length - without.length).toBe(2);
      return [file, without.join('\n').replace('UPSTREAM_AUTH=oauth', 'UPSTREAM_AUTH=passthrough')];
    });
    const secrets = Object.entries(WRITTEN).filter(([file]) => /redis-url|cache-secret/.test(file));
    const router = kubernetesWith(Object.fromEntries([[path, recipe], ...component, ...secrets]));
    onTestFinished(() => rmSync(dirname(router), { recursive: true }));
    const objects = render(dirname(join(router, path)));
    expect(parseConfig(environmentOf(objects, folder))).toMatchObject({
      introspection: false,
      auth: { mode: 'none' },
      upstreamAuth: { kind: 'passthrough' },
    });
  });

  const inBase = new Set(settingsOf(render(`${KUBERNETES}/base`)));
  const added = GATEWAYS.flatMap((name) =>
    settingsOf(rendered[name]).map((setting) => [name, setting] as const),
  ).filter(([, setting]) => !inBase.has(setting));
  test.each(added)('%s has another configuration without %s', (name, setting) => {
    const { [setting]: _, ...others } = environmentOf(rendered[name], folder);
    const without = () => {
      try {
        return JSON.stringify(parseConfig(others));
      } catch (error) {
        return error;
      }
    };
    expect(without()).not.toBe(JSON.stringify(configOf(name)));
  });

  test('public is not made without a file of its secrets', () => {
    const { 'components/upstream/secrets/redis-url': _, ...others } = WRITTEN;
    const incomplete = kubernetesWith(others);
    onTestFinished(() => rmSync(dirname(incomplete), { recursive: true }));
    expect(() => render(`${incomplete}/overlays/public`)).toThrow('secrets/redis-url: no such file or directory');
  });
});

test.each([
  ['a secret', 'components/upstream/secrets/upstream-oauth-secret', 'other'],
  ['a trusted document', 'overlays/public/trusted-documents.json', ' '],
  ['a setting', 'overlays/public/public.env', 'MAX_CUSTOMERS=20'],
])('A change of %s restarts the instances', (_, path, added) => {
  const changed = kubernetesWith(WRITTEN);
  onTestFinished(() => rmSync(dirname(changed), { recursive: true }));
  const template = () => only(render(`${changed}/overlays/public`), 'Deployment').spec.template;
  expect(template()).toEqual(podOf('public'));
  appendFileSync(join(changed, path), added);
  expect(template()).not.toEqual(podOf('public'));
});

describe.each(GATEWAYS)('An instance of the overlay %s', (name) => {
  const { spec } = podOf(name);
  const [container] = spec.containers;

  test('is probed and scraped where it listens', () => {
    const { port, metrics, host } = configOf(name);
    const ports: { name: string; containerPort: number }[] = container.ports;
    expect(ports).toEqual([
      { name: 'http', containerPort: port },
      { name: 'metrics', containerPort: metrics.kind === 'own-port' ? metrics.port : undefined },
    ]);
    expect(host).toBe('0.0.0.0');
    for (const probe of ['startupProbe', 'readinessProbe', 'livenessProbe'])
      expect(container[probe].httpGet.port).toBe('http');
  });

  test('has the time to drain before it is killed, and readiness fails in it', () => {
    const { delayMs, timeoutMs } = configOf(name).shutdown;
    expect(spec.terminationGracePeriodSeconds * 1000).toBeGreaterThan(delayMs + timeoutMs);
    const { periodSeconds, failureThreshold } = container.readinessProbe;
    expect(periodSeconds * failureThreshold * 1000).toBeLessThan(delayMs);
  });

  test('may do nothing that it does not need', () => {
    expect(spec).toMatchObject({
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } },
    });
    expect(container.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    expect(container.resources).toMatchObject({
      requests: { cpu: '500m', memory: '512Mi' },
      limits: { memory: '1Gi' },
    });
  });

  test('is what every selector selects, and nothing else', () => {
    const { labels } = podOf(name).metadata;
    const selectors = rendered[name].flatMap(({ kind, spec: { selector, podSelector } = {} }) =>
      kind === 'Service' ? [selector] : [selector?.matchLabels, podSelector?.matchLabels].filter(Boolean),
    );
    expect(selectors.length).toBeGreaterThanOrEqual(3);
    for (const selector of selectors) expect(selector).toEqual(labels);
  });

  test('runs the image of this version', () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
    expect(container.image).toBe(`registry.example/promotions-gateway:${version}`);
  });
});

test('The Ingress leads to the API, and its controller does what the gateway needs of a proxy', () => {
  const { metadata, spec } = only(rendered.public, 'Ingress');
  const [{ host, http }] = spec.rules;
  expect(spec.tls).toEqual([{ hosts: [host], secretName: expect.any(String) }]);
  const { metadata: service, spec: served } = only(rendered.public, 'Service');
  const backend = { service: { name: service.name, port: { name: 'http' } } };
  expect(http.paths).toEqual([{ path: '/graphql', pathType: 'Exact', backend }]);
  expect(served.ports).toContainEqual(expect.objectContaining({ name: 'http', targetPort: 'http' }));
  const { annotations } = metadata as unknown as { annotations: Record<string, string> };
  const set = (name: string) => annotations[`nginx.ingress.kubernetes.io/${name}`] ?? '';
  const { maxBodyBytes, upstream, trustedProxies } = configOf('public');
  expect(trustedProxies).not.toEqual([]);
  expect(Number(/^(\d+)m$/.exec(set('proxy-body-size'))?.[1]) * 1024 * 1024).toBeGreaterThanOrEqual(maxBodyBytes);
  expect(Number(set('proxy-read-timeout')) * 1000).toBeGreaterThan(upstream.deadlineMs);
  expect([set('proxy-buffering'), set('proxy-request-buffering')]).toEqual(['on', 'on']);
  const nginx = readFileSync('deploy/nginx/promotions-gateway.conf', 'utf8');
  expect(nginx).toContain(`proxy_next_upstream ${set('proxy-next-upstream')};`);
});

test('There are three instances or more, and one is evicted at a time', () => {
  expect(only(rendered.public, 'HorizontalPodAutoscaler').spec).toMatchObject({ minReplicas: 3, maxReplicas: 10 });
  expect(only(rendered.public, 'PodDisruptionBudget').spec.maxUnavailable).toBe(1);
  expect(only(rendered.public, 'Deployment').spec.replicas).toBeUndefined();
});

test('The network policy has rules in comments, each of which can be used', async () => {
  const path = 'deploy/kubernetes/components/upstream/network-policy.yaml';
  const [policy = '', comments = ''] = readFileSync(path, 'utf8').split(/^.*Remove the # from .*$/m);
  const uncommented = parseYaml(policy + comments.replace(/^ {4}# /gm, '    '));
  await validate(uncommented);
  expect(unknownFields([uncommented])).toBe('');
  const ports = (uncommented.spec.egress as { ports: { port: number }[] }[]).flatMap((rule) => rule.ports);
  expect(ports.map(({ port }) => port)).toEqual([443, 6379, 6379, 6380, 26379, 4318, 3128]);
});

describe('The Redis of docs/deployment.md', () => {
  const page = readFileSync('docs/deployment.md', 'utf8');
  const objects = parseAllDocuments(readFileSync('deploy/kubernetes/redis.yaml', 'utf8'), { strict: true }).map(
    (document): KubernetesObject => document.toJS(),
  );
  const { selector, strategy, template } = only(objects, 'Deployment').spec;
  const [container] = template.spec.containers;

  test('has objects as the published schemas have them', async () => {
    for (const object of objects) await expect(validate(object)).resolves.toBeUndefined();
    expect(unknownFields(objects)).toBe('');
  });

  test('is where the gateway looks for it, and may be reached by it', () => {
    const { metadata, spec } = only(objects, 'Service');
    const { labels } = template.metadata;
    expect([spec.selector, selector.matchLabels]).toEqual([labels, labels]);
    expect(page).toContain(`@${metadata.name}:${spec.ports[0].port}" > redis-url`);
    expect(container.ports).toEqual([{ name: spec.ports[0].targetPort, containerPort: spec.ports[0].port }]);
    const { egress } = only(rendered.public, 'NetworkPolicy', 'promotions-gateway-upstream').spec;
    const ports = [{ port: spec.ports[0].port }];
    expect(egress).toContainEqual({ to: [{ podSelector: { matchLabels: labels } }], ports });
  });

  test('is the one of compose, with the password that the page makes', () => {
    const { redis } = parseYaml(readFileSync('deploy/compose.yaml', 'utf8'), { merge: true }).services;
    expect(container.image).toBe(redis.image);
    expect(container.args).toEqual([...redis.command, '--requirepass', '$(PASSWORD)']);
    const [{ name, valueFrom }] = container.env;
    expect(name).toBe('PASSWORD');
    const { name: secret, key } = valueFrom.secretKeyRef;
    expect(page).toContain(`create secret generic ${secret} --from-literal=${key}="$REDIS_PASSWORD"`);
  });

  test('may run in a namespace that allows only unprivileged pods, and once at a time', () => {
    expect(template.spec.securityContext).toMatchObject({
      runAsNonRoot: true,
      seccompProfile: { type: 'RuntimeDefault' },
    });
    expect(container.securityContext).toEqual({ allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } });
    expect(strategy).toEqual({ type: 'Recreate' });
  });
});

describe('Monitoring', () => {
  test('scrapes the port of the Service that has the metrics', () => {
    const [endpoint] = only(rendered.monitoring, 'ServiceMonitor').spec.endpoints;
    const ports: { name: string; targetPort: string }[] = only(rendered.public, 'Service').spec.ports;
    expect(ports.find(({ name }) => name === endpoint.port)?.targetPort).toBe('metrics');
  });

  test('has the rules of deploy/monitoring/alerts.yaml', async () => {
    const { groups } = parseYaml(readFileSync('deploy/monitoring/alerts.yaml', 'utf8'));
    const rule = {
      apiVersion: 'monitoring.coreos.com/v1',
      kind: 'PrometheusRule',
      metadata: { name: 'promotions-gateway' },
      spec: { groups },
    };
    await expect(
      `# Written from alerts.yaml by: npm run test:deploy -- --update\n${stringify(rule)}`,
    ).toMatchFileSnapshot('../../deploy/monitoring/prometheus-rule.yaml');
  });

  test('has the dashboard of deploy/monitoring/dashboard.json where Grafana looks for it', () => {
    const map = only(rendered.monitoring, 'ConfigMap');
    expect(map.metadata.labels).toMatchObject({ grafana_dashboard: '1' });
    expect(map.data['promotions-gateway.json']).toBe(readFileSync('deploy/monitoring/dashboard.json', 'utf8'));
  });
});
