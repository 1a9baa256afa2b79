import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { loadConfig } from '../src/config/config.ts';
import { createWorld } from '../src/simulator/world.ts';
import { COMMANDS, read, readEnvironmentFile, readYaml, STOPS_WITHIN } from './support/deployed.ts';

/** What the program makes of an environment, with these files and no others. */
function load(env: Record<string, string>, files: Record<string, string>) {
  const reading = (path: string) => {
    const text = files[path];
    if (text === undefined) throw Object.assign(new Error('no such file'), { code: 'ENOENT' });
    return text;
  };
  return loadConfig({ env, files: { stamp: reading, read: reading } });
}

describe('docker-compose.yml', () => {
  const [compose] = readYaml('docker-compose.yml');
  const daemon = compose.services['cph-inventory'];
  const demo = readEnvironmentFile('deploy/compose/demo.env');
  const secretsOfDemo = readdirSync('deploy/compose/demo-secrets').toSorted();

  test('has a daemon that takes the environment of the demo without a warning', () => {
    const given = Object.entries<string | null>(daemon.environment).map(([name, value]) => [
      name,
      value ?? demo[name],
    ]);
    const env = Object.fromEntries(given.filter(([, value]) => value !== undefined));
    const files = secretsOfDemo.map((name) => [
      `/run/secrets/${name}`,
      read(`deploy/compose/demo-secrets/${name}`),
    ]);
    const { projects, warnings } = load(env, Object.fromEntries(files));
    expect(warnings).toEqual([]);
    expect(projects).toMatchObject([{ projectId: createWorld({ seed: 1, start: new Date() }).project_id }]);
    // Everything that demo.env sets is used.
    const used = ['SECRETS', ...Object.keys(daemon.environment)];
    expect(Object.keys(demo).filter((name) => !used.includes(name))).toEqual([]);
  });

  test('takes each secret from a file, which the demo has', () => {
    expect(Object.keys(compose.secrets).toSorted()).toEqual(secretsOfDemo);
    for (const [name, { file }] of Object.entries<{ file: string }>(compose.secrets))
      expect(file).toBe(`\${SECRETS:-./secrets}/${name}`);
    expect(read('.gitignore')).toContain('secrets/\n');
  });

  test('offers ports on loopback only, and gives its own programs no right they do not need', () => {
    for (const { ports = [] } of Object.values<{ ports?: string[] }>(compose.services))
      for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
    for (const service of [daemon, compose.services.simulator])
      expect(service).toMatchObject({ read_only: true, cap_drop: ['ALL'], init: true });
    expect(Number.parseInt(daemon.stop_grace_period, 10)).toBeGreaterThan(STOPS_WITHIN);
  });

  test('starts the simulated cloud where the demo looks for it', () => {
    const [command, , port] = compose.services.simulator.command;
    expect(COMMANDS).toContain(command);
    expect(demo.CPH_ENDPOINT).toBe(`http://127.0.0.1:${port}`);
  });
});

describe('the image', () => {
  const file = read('Dockerfile');

  test('runs without a shell, as a user with a number, and asks with a command there is', () => {
    expect(file).toMatch(/^USER [1-9]\d*:[1-9]\d*$/m);
    expect(file).toMatch(/^ENTRYPOINT \["node", "\/app\/dist\/cli\.js"\]$/m);
    const [, commands = ''] = /HEALTHCHECK[\s\S]*?CMD (\[.*\])/.exec(file) ?? [];
    expect(COMMANDS).toContain(JSON.parse(commands).at(-1));
  });

  test('copies nothing that is kept out of its context', () => {
    const allowed = Array.from(read('.dockerignore').matchAll(/^!(.*)$/gm), ([, name]) => name);
    const copied = Array.from(file.matchAll(/^COPY (?!--from)(.*) \S+$/gm), ([, names = '']) =>
      names.split(' '),
    ).flat();
    const isAllowed = (name: string) => allowed.some((one) => name === one || name.startsWith(`${one}/`));
    expect(copied.filter((name) => !isAllowed(name))).toEqual([]);
  });
});

describe.each(['cph-inventory', 'cph-inventory-embedded'])('the unit %s', (name) => {
  const unit = read(`deploy/systemd/${name}.service`);
  const credentials = `/run/credentials/${name}.service`;

  test('gives the program what the environment file names, without a warning', () => {
    const inUnit = Array.from(unit.matchAll(/^Environment=([A-Z_]+)=(.*)$/gm), ([, variable, value = '']) => [
      variable,
      value.replace('%d', credentials).replace('%S', '/var/lib'),
    ]);
    const inFile = Object.entries(readEnvironmentFile('deploy/systemd/environment')).map(
      ([variable, value]) => [variable, value.replace('/run/credentials/cph-inventory.service', credentials)],
    );
    const env = Object.fromEntries([...inUnit, ...inFile]);
    const files = { 'hw-access-key': 'key', 'hw-secret-key': 'secret', 'database-url': 'postgres://a@b/c' };
    const loaded = Object.entries(files).map(([file, text]) => [`${credentials}/cph_${file}`, text]);
    const config = load(env, Object.fromEntries(loaded));
    expect(config.warnings).toEqual([]);
    expect(config.databaseUrl === null).toBe(name.endsWith('embedded'));
  });

  test('starts a command there is, may be enabled, and waits for a stop', () => {
    const [, command] = /^ExecStart=cph-inventory (\w+)$/m.exec(unit) ?? [];
    expect(COMMANDS).toContain(command);
    expect(unit).toMatch(/^WantedBy=multi-user\.target$/m);
    const [, seconds] = /^TimeoutStopSec=(\d+)$/m.exec(unit) ?? [];
    expect(Number(seconds)).toBeGreaterThan(STOPS_WITHIN);
  });
});

test('the unit with the embedded Postgres leaves it what it reads of /proc', () => {
  expect(read('deploy/systemd/cph-inventory-embedded.service')).not.toMatch(/^ProcSubset=pid$/m);
});

describe.each(['ci', 'release'])('the workflow %s', (name) => {
  const file = `.github/workflows/${name}.yml`;

  test('has no permission at the top, and its actions by their commits', () => {
    expect(readYaml(file)[0].permissions).toEqual({});
    const actions = Array.from(read(file).matchAll(/uses: (.*)$/gm), ([, action]) => action);
    expect(actions.length).toBeGreaterThan(1);
    for (const action of actions) expect(action).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });
});

test('CI begins with the oldest Node that the program says it runs on', () => {
  const { engines } = JSON.parse(read('package.json'));
  const [oldest] = readYaml('.github/workflows/ci.yml')[0].jobs.test.strategy.matrix.node;
  expect(engines.node).toBe(`>=${oldest}`);
});
