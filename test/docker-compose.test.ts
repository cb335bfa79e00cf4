import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parse } from 'yaml';
import { loadStartUp, type StartUp } from '../src/local/batch-endpoint/start-up-file.ts';
import { browserRefusedPorts } from '../src/local/stack/parts/browser-refused-ports.ts';
import { httpApiHost } from '../src/local/stack/parts/temporal.ts';
import { codecServerSettings } from '../src/codec-server/codec-server-settings.ts';
import { startUpFileOf } from '../src/local/compose/container-environment.ts';
import { loadRunnerSettings } from '../src/runner/runner-settings.ts';
import { loadSettings } from '../src/settings.ts';
import { searchAttributes } from '../src/workflows/search-attributes.ts';
import {
  makeEnvironment,
  makeEnvironments,
  readComposeFile,
  runMakeEnvironment,
  variablesIn,
  type Service,
} from './support/compose-file.ts';

const main = 'docker-compose.yml';
const engineInside = 'docker/engine-inside.yml';
const variables = makeEnvironment();
const { services, volumes } = readComposeFile(main, variables);
const overlay = readComposeFile(engineInside, variables);
const all = Object.entries(services);
const service = (name: string): Service => {
  const found = services[name];
  assert.ok(found, `there is a service ${name}`);
  return found;
};
const environmentOf = (name: string): Record<string, string> => service(name).environment ?? {};

describe('docker-compose.yml against the Compose schema', () => {
  const schema = JSON.parse(readFileSync('test/fixtures/compose-spec/compose-spec.json', 'utf8')) as object;
  const validate = new Ajv2020({ strict: false, allErrors: true }).compile(schema);

  for (const file of [main, engineInside]) {
    it(`${file} is valid`, () => {
      assert.ok(validate(readComposeFile(file, variables)), JSON.stringify(validate.errors, null, 2));
    });
  }

  it('refuses a misspelt key, so the checks above mean something', () => {
    assert.equal(validate({ services: { s3: { image: 'versity/versitygw:v1.8.0', depend_on: ['x'] } } }), false);
  });

  const compose = composeCommand();
  const skipped = compose === undefined ? ' (skipped: no docker compose 2.20 or later here)' : '';
  (compose === undefined ? it.skip : it)(`docker compose config accepts it, alone and overlaid${skipped}`, () => {
    const [program = '', ...args] = compose ?? [];
    for (const files of [
      ['--file', main],
      ['--file', main, '--file', engineInside],
    ]) {
      const ran = spawnSync(program, [...args, ...files, 'config', '--quiet'], {
        env: { ...process.env, ...variables },
        encoding: 'utf8',
      });
      assert.equal(ran.status, 0, ran.stderr);
      assert.equal(ran.stderr, '', 'without a warning');
    }
  });
});

describe('the services of docker-compose.yml', () => {
  it('publish every port on 127.0.0.1 only', () => {
    const ports = all.flatMap(([, { ports = [] }]) => ports);
    assert.deepEqual(ports, [
      '127.0.0.1:7233:7233',
      '127.0.0.1:6697:6697',
      '127.0.0.1:8233:8233',
      '127.0.0.1:7070:7070',
    ]);
  });

  it('pin every image of others by version and digest, as does the Dockerfile', () => {
    const dockerfile = readFileSync('docker/Dockerfile', 'utf8');
    const stages = [...dockerfile.matchAll(/^FROM \S+ AS (\S+)/gm)].map(([, stage]) => stage);
    const bases = [...dockerfile.matchAll(/(?:^FROM |--from=)(\S+)/gm)].map(([, image = '']) => image);
    const images = [...all.map(([, { image }]) => image), ...bases.filter((image) => !stages.includes(image))];
    assert.ok(images.length > all.length);
    const own = images.filter((image) => image.startsWith('holdout-'));
    assert.ok(own.length > 0 && own.length < images.length);
    for (const image of own) assert.match(image, /^holdout-[a-z]+:\d+\.\d+\.\d+$/);
    for (const image of images.filter((one) => !own.includes(one))) {
      assert.match(image, /^[a-z0-9/-]+:v?\d+\.\d+[a-z0-9.-]*@sha256:[0-9a-f]{64}$/);
    }
  });

  it('build from existing stages of the Dockerfile', () => {
    for (const [, { build }] of all) {
      if (build !== undefined)
        assert.match(readFileSync(build.dockerfile, 'utf8'), new RegExp(` AS ${build.target}$`, 'm'));
    }
  });

  it('wait only for conditions that other services can reach', () => {
    for (const [name, { depends_on = {}, network_mode }] of all) {
      const joined = network_mode?.replace(/^service:/, '');
      if (joined !== undefined) assert.ok(Object.hasOwn(depends_on, joined), `${name} waits for its network`);
      for (const [target, { condition }] of Object.entries(depends_on)) {
        const { healthcheck, restart } = service(target);
        if (condition === 'service_healthy') assert.ok(healthcheck, `${name} waits for the health of ${target}`);
        else if (condition === 'service_completed_successfully') assert.equal(restart, 'no', `${target} ends`);
        else assert.equal(condition, 'service_started');
      }
    }
  });

  it('all have a restart policy, and every server a health check', () => {
    const runsOnce = ['temporal-schema', 'temporal-namespace', 's3-accounts', 's3-buckets', 'codec-keys', 'client'];
    for (const [name, { restart, healthcheck }] of all) {
      assert.equal(restart, runsOnce.includes(name) ? 'no' : 'unless-stopped', name);
      assert.equal(healthcheck !== undefined, !runsOnce.includes(name) && name !== 'network', name);
    }
  });

  it('mount declared volumes and existing files', () => {
    const used = all.flatMap(([, { volumes: mounts = [] }]) => mounts).filter((mount) => typeof mount === 'string');
    for (const source of used.map((mount) => mount.split(':')[0] ?? '')) {
      if (source.startsWith('./docker/')) assert.ok(existsSync(source), source);
      else if (!/^[./]/.test(source)) assert.ok(Object.hasOwn(volumes, source), source);
    }
  });

  it('use only variables that .env.example lists', () => {
    const taken = [main, engineInside].flatMap((file) =>
      variablesIn(readFileSync(file, 'utf8')).map(([, name = '']) => name),
    );
    assert.deepEqual([...new Set(taken)].sort(), Object.keys(variables).sort());
  });
});

describe('the keys in docker-compose.yml', () => {
  const holders = (secret: string): string[] =>
    all.filter(([name]) => Object.values(environmentOf(name)).includes(secret)).map(([name]) => name);
  const setUp = ['s3-accounts', 's3-buckets'];

  it('give only the scorer and the command line access to the labels', () => {
    assert.deepEqual(holders(variables['HOLDOUT_SCORER_SECRET_ACCESS_KEY'] ?? ''), [...setUp, 'scorer'].sort());
    const root = holders(variables['HOLDOUT_ROOT_SECRET_ACCESS_KEY'] ?? '');
    assert.deepEqual(root.sort(), ['client', 's3', ...setUp]);
  });

  it('of the worker and the runner are given to no other service', () => {
    assert.deepEqual(holders(variables['HOLDOUT_WORKER_SECRET_ACCESS_KEY'] ?? ''), [...setUp, 'codec-keys', 'worker']);
    assert.deepEqual(holders(variables['HOLDOUT_RUNNER_SECRET_ACCESS_KEY'] ?? '').sort(), ['batch', ...setUp]);
    assert.deepEqual(holders(variables['HOLDOUT_BATCH_SECRET_ACCESS_KEY'] ?? '').sort(), ['batch', 'client', 'worker']);
  });

  it('are drawn at random by make-env.sh, which never replaces keys in use', () => {
    const secrets = Object.entries(variables).filter(([name]) => /SECRET|PASSWORD|TOKEN/.test(name));
    assert.equal(secrets.length, 7);
    for (const [name, value] of secrets) assert.match(value, /^[A-Za-z0-9]{40}$/, name);
    const [first = {}, second] = makeEnvironments(2);
    assert.deepEqual(second, first);
    for (const [name, value] of secrets) assert.notEqual(first[name], value, name);
    assert.equal(new Set(secrets.map(([, value]) => value)).size, 7);
  });
});

describe('Temporal in docker-compose.yml', () => {
  const keyFolder = './.holdout/compose/codec-keys:/codec-keys';

  it('carries sealed payloads by default: all who need the key file have it, as the user who may read it', () => {
    const users = all.filter(([, { environment = {} }]) => 'HOLDOUT_CODEC_KEYS' in environment).map(([name]) => name);
    assert.deepEqual(users.sort(), ['client', 'codec-keys', 'scorer', 'web-ui', 'worker']);
    for (const name of users) {
      assert.equal(environmentOf(name)['HOLDOUT_CODEC_KEYS'], '/codec-keys/keys.json', name);
      assert.ok(service(name).volumes?.includes(name === 'codec-keys' ? keyFolder : `${keyFolder}:ro`), name);
      assert.equal(service(name).user, variables['HOLDOUT_USER'], name);
    }
    const without = all.filter(([name]) => !users.includes(name));
    for (const [name, { volumes: mounts = [] }] of without)
      assert.ok(!JSON.stringify(mounts).includes('/codec-keys'), `${name} does not have the keys`);
    for (const name of ['worker', 'scorer', 'web-ui'])
      assert.equal(service(name).depends_on?.['codec-keys']?.condition, 'service_completed_successfully', name);
    assert.deepEqual(service('codec-keys').command, ['node', 'dist/compose.mjs', 'codec-keys']);
  });

  it('shows its Web UI only behind the codec server, which listens where its port is published', () => {
    assert.deepEqual(service('web-ui').ports, ['127.0.0.1:8233:8233']);
    const { port, address, webUi, token } = codecServerSettings(environmentOf('web-ui'));
    assert.deepEqual([port, address, token], [8233, '0.0.0.0', variables['HOLDOUT_WEB_TOKEN']]);
    assert.equal(webUi.hostname, 'temporal-ui');
    assert.equal(webUi.port, environmentOf('temporal-ui')['TEMPORAL_UI_PORT']);
  });

  it('has no HTTP port that a browser on this machine can use by the address of a container', () => {
    const [published = ''] = service('temporal-ui').ports ?? [];
    for (const port of [environmentOf('temporal-ui')['TEMPORAL_UI_PORT'], published.split(':')[1]])
      assert.ok(browserRefusedPorts.includes(Number(port)), port);
    const settings = parse(readFileSync('docker/temporal-dynamic-config.yaml', 'utf8')) as Record<string, unknown>;
    assert.deepEqual(settings['frontend.httpAllowedHosts'], [{ value: [httpApiHost] }]);
  });

  it('has a link that signs in, which make-env.sh prints, and private folders for the keys', () => {
    const [made] = runMakeEnvironment(1);
    assert.ok(made, 'it ran');
    const token = made.variables['HOLDOUT_WEB_TOKEN'];
    assert.ok(made.printed.includes(`http://127.0.0.1:8233/?token=${token}\n`), made.printed);
    assert.deepEqual(made.modes, { 'codec-keys': 0o700, 'seal-keys': 0o700 });
  });
});

describe('the configuration in docker-compose.yml', () => {
  it('gives workers every variable of their settings', () => {
    const read = [...readFileSync('src/settings.ts', 'utf8').matchAll(/env\['(HOLDOUT_\w+)'\]/g)].map(
      ([, name = '']) => name,
    );
    assert.ok(read.length >= 5);
    assert.ok(environmentOf('client')['HOLDOUT_RUNNER_IMAGE'], 'only the client registers job definitions');
    for (const name of read) assert.ok(name in environmentOf('worker'), name);
    const { imageStore, s3PathStyle, jobDefinition } = loadSettings(environmentOf('worker'));
    assert.deepEqual(
      { imageStore, s3PathStyle, jobDefinition },
      {
        imageStore: 'oci:/images',
        s3PathStyle: true,
        jobDefinition: 'holdout-runner',
      },
    );
    for (const name of ['worker', 'scorer', 'client']) {
      for (const variable of ['TEMPORAL_ADDRESS', 'AWS_ACCESS_KEY_ID', 'AWS_REGION', 'AWS_ENDPOINT_URL_S3'])
        assert.ok(environmentOf(name)[variable], `${name}: ${variable}`);
    }
  });

  it('gives every queue a worker', () => {
    const polled = ['worker', 'scorer'].flatMap((name) => service(name).command?.at(-1)?.split(',') ?? []);
    assert.deepEqual(polled, ['main', 'images', 'submit', 'await', 'score']);
  });

  it('gives the Batch endpoint a valid start-up file with the queues of the example', () => {
    const startUp = startUpOf(environmentOf('batch'));
    const { instanceClasses } = parse(readFileSync('examples/spliced-clips/campaign.yaml', 'utf8')) as {
      instanceClasses: { queue: string; slots: number }[];
    };
    assert.deepEqual(
      startUp.queues.map(({ name, slots }) => ({ name, slots })),
      instanceClasses.map(({ queue, slots }) => ({ name: queue, slots })),
    );
    const { HOLDOUT_BATCH_ACCESS_KEY_ID: accessKeyId, HOLDOUT_BATCH_SECRET_ACCESS_KEY: secretAccessKey } = variables;
    assert.deepEqual(startUp.credentials, [{ accessKeyId, secretAccessKey }]);
    assert.equal(environmentOf('worker')['AWS_ENDPOINT_URL_BATCH'], `http://${startUp.host}:${startUp.port}`);
    assert.equal(service('worker').network_mode, service('batch').network_mode);
  });

  it('gives runners a scratch folder that the engine sees under the same path, including mounts', () => {
    const { environment, minFreeMiB, otherFolders } = startUpOf(environmentOf('batch'));
    const { scratch, engine } = loadRunnerSettings('job', environment);
    assert.equal(engine.name, 'docker');
    assert.deepEqual([minFreeMiB, otherFolders], [2048, [scratch]], 'no job starts while its disk is nearly full');
    const mounts = service('batch').volumes?.filter((mount) => typeof mount !== 'string');
    assert.deepEqual(
      mounts?.map(({ source, target, bind }) => ({ source, target, propagation: bind?.propagation })),
      [{ source: scratch, target: scratch, propagation: 'rshared' }],
    );
  });

  it('gives runners podman beside them if the engine is in their container', () => {
    const laidOver = overlay.services['batch'];
    const { environment } = startUpOf({ ...environmentOf('batch'), ...laidOver?.environment });
    const { scratch, engine } = loadRunnerSettings('job', environment);
    assert.equal(engine.name, 'podman');
    const targets = laidOver?.volumes?.map((mount) => (typeof mount === 'string' ? mount.split(':')[1] : mount.target));
    assert.deepEqual(targets, ['/containers', scratch]);
    assert.ok(engine.command.includes('/containers/storage'));
  });

  it('gives the namespace every search attribute that the workflows set', () => {
    const script = readFileSync('docker/temporal-namespace.sh', 'utf8');
    for (const { name } of Object.values(searchAttributes)) assert.match(script, new RegExp(`\\b${name}\\b`));
  });
});

function startUpOf(environment: Record<string, string>): StartUp {
  const folder = mkdtempSync(join(tmpdir(), 'holdout-compose-'));
  try {
    const file = join(folder, 'start-up.json');
    writeFileSync(file, JSON.stringify(startUpFileOf(environment)));
    return loadStartUp(file);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** How to call Docker Compose here; version 1 knows none of the Compose specification's newer keys. */
function composeCommand(): string[] | undefined {
  return [['docker', 'compose'], ['docker-compose']].find(([program = '', ...args]) => {
    const { status, stdout } = spawnSync(program, [...args, 'version', '--short'], { encoding: 'utf8' });
    const [major = 0, minor = 0] = (stdout ?? '').trim().replace(/^v/, '').split('.').map(Number);
    return status === 0 && (major > 2 || (major === 2 && minor >= 20));
  });
}
