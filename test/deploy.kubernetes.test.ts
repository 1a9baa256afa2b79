import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { startSimulator } from '../src/simulator/server.ts';
import { createWorld } from '../src/simulator/world.ts';
import { loadFile } from './support/config-file.ts';
import { COMMANDS, type Manifest, manifestsIn, read, readYaml } from './support/deployed.ts';

const FOLDER = 'deploy/kubernetes';
const SECRETS = '/run/secrets/cph-inventory';

/** What the daemon makes of a configuration file, with the secrets where the manifests mount them. */
function load(file: string) {
  const secrets = { 'database-url': 'postgres://a@b/c', 'hw-access-key': 'key', 'hw-secret-key': 'secret' };
  const mounted = Object.entries(secrets).map(([name, text]) => [`${SECRETS}/${name}`, text]);
  return loadFile(read(`${FOLDER}/${file}`), { files: Object.fromEntries(mounted) });
}

const all = manifestsIn(FOLDER);
const podOf = ({ spec }: Manifest): Manifest => (spec.jobTemplate?.spec ?? spec).template?.spec;
/** The patch of the demo has only what it adds. */
const workloads = all.filter((manifest) => manifest.spec && podOf(manifest)?.securityContext);
const containers = all.flatMap((manifest) => (manifest.spec && podOf(manifest)?.containers) ?? []);
const ours = containers.filter(({ image }) => image === 'cph-inventory');

describe('the configuration files', () => {
  test.each(['base', 'overlays/demo', 'overlays/production'])(
    'of %s is taken without a warning',
    (folder) => {
      const config = load(`${folder}/cph-inventory.yaml`);
      expect(config.warnings).toEqual([]);
      expect(config.http).toEqual({ host: '0.0.0.0', port: 8080 });
      const { spec } = readYaml(`${FOLDER}/base/deployment.yaml`)[0].spec.template;
      expect(spec.terminationGracePeriodSeconds * 1000).toBeGreaterThan(config.shutdownTimeoutMs);
      expect(spec.containers[0].ports).toMatchObject([{ name: 'http', containerPort: config.http?.port }]);
    },
  );

  test('of the demo names the project and the keys of the simulated cloud', async () => {
    const world = createWorld({ seed: 1, start: new Date() });
    const cloud = await startSimulator({ world });
    await cloud.close();
    const { projects } = load('overlays/demo/cph-inventory.yaml');
    expect(projects).toMatchObject([{ projectId: world.project_id, endpoint: 'http://127.0.0.1:8090' }]);
    const { secretGenerator } = readYaml(`${FOLDER}/overlays/demo/kustomization.yaml`)[0];
    expect(secretGenerator[0].literals).toEqual(
      expect.arrayContaining([
        `hw-access-key=${cloud.keyPair.access}`,
        `hw-secret-key=${cloud.keyPair.secret}`,
      ]),
    );
  });
});

describe('every pod', () => {
  test('keeps to the restricted profile, and has no token', () => {
    expect(workloads.map(({ kind }) => kind).toSorted()).toEqual([
      'CronJob',
      'Deployment',
      'Deployment',
      'Job',
    ]);
    for (const workload of workloads) {
      expect(podOf(workload)).toMatchObject({
        automountServiceAccountToken: false,
        securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
      });
      expect(podOf(workload).securityContext.runAsUser).toBeGreaterThan(0);
    }
    for (const { securityContext } of containers)
      expect(securityContext).toMatchObject({
        allowPrivilegeEscalation: false,
        capabilities: { drop: ['ALL'] },
      });
  });

  test('of ours has a read-only root, limits, and a command that the program has', () => {
    expect(ours).toHaveLength(4);
    for (const { securityContext, resources, args } of ours) {
      expect(securityContext.readOnlyRootFilesystem).toBe(true);
      expect(resources).toMatchObject({
        requests: { memory: expect.any(String) },
        limits: { memory: expect.any(String) },
      });
      expect(COMMANDS).toContain(args[0]);
    }
  });
});

test('the rules for the Prometheus Operator are those of Prometheus (npm run deploy:rules)', () => {
  const [{ spec }] = readYaml(`${FOLDER}/components/monitoring/prometheus-rule.yaml`);
  const files = ['rules.yml', 'builds.yml'].map((name) => read(`deploy/prometheus/${name}`));
  expect(spec.groups).toEqual(files.flatMap((file) => parse(file).groups));
});
