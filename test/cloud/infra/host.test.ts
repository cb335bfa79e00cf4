import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { shellWord } from '../../../src/local/tools/obtain-tool.ts';
import { submissionIds } from '../../../src/submission-user.ts';
import { containerLabels } from '../../../src/runner/launch/container-labels.ts';
import { debianPrograms, ProgramsUnavailable } from '../../support/debian-programs.ts';
import { userData } from '../../../infra/src/compute/user-data.ts';
import { DockerHost } from '../../support/docker-host.ts';
import { eventually } from '../../support/eventually.ts';
import { describeWithDocker } from '../batch-host.ts';
import { infraFolder } from './rig.ts';
import { itWithPython, pythonProgram } from '../python.ts';

const hostFolder = join(infraFolder, 'host');
const script = (name: string): string => join(hostFolder, name);

describe('the scripts of a host', () => {
  itWithPython('have no finding of shellcheck', () => {
    const scripts = readdirSync(hostFolder).filter((name) => name.endsWith('.sh'));
    assert.ok(scripts.length > 0);
    const { status, stdout } = spawnSync(pythonProgram('shellcheck'), scripts.map(script), { encoding: 'utf8' });
    assert.equal(status, 0, stdout);
  });
});

/** Tests that need programs of Debian packages, unpacked and not installed. */
function describeWithPackages(title: string, packages: readonly string[], body: (folder: string) => void): void {
  try {
    const folder = debianPrograms(packages[0] ?? '', packages);
    describe(title, () => body(folder));
  } catch (error) {
    if (!(error instanceof ProgramsUnavailable)) throw error;
    describe.skip(`${title} (${error.message})`, () => body(''));
  }
}

describeWithPackages(
  'the user data of an instance',
  ['cloud-init', 'systemd', 'libsystemd-shared', 'libsystemd0'],
  (folder) => {
    const inCloudInit = (): NodeJS.ProcessEnv => ({
      ...process.env,
      PYTHONPATH: join(folder, 'usr/lib/python3/dist-packages'),
      PYTHONDONTWRITEBYTECODE: '1',
    });
    /** Runs commands where /opt and /etc are copies that vanish. */
    const onInstance = (commands: string[], input: string): string => {
      const libraries = ['usr/lib/x86_64-linux-gnu', 'usr/lib/x86_64-linux-gnu/systemd'].map((path) =>
        join(folder, path),
      );
      const own = [
        'mount -t tmpfs tmpfs /opt',
        'mount -t tmpfs tmpfs /mnt',
        'mkdir /mnt/upper /mnt/work',
        'mount -t overlay overlay -o lowerdir=/etc,upperdir=/mnt/upper,workdir=/mnt/work /etc',
        'mkdir -p /etc/systemd/system',
      ];
      const env = { ...inCloudInit(), LIBRARIES: libraries.join(':') };
      const shell = ['--mount', 'sh', '-ec', [...own, ...commands].join('\n')];
      const { status, stdout, stderr } = spawnSync('unshare', shell, { env, input, encoding: 'utf8' });
      assert.equal(status, 0, stderr);
      return `${stdout}${stderr}`;
    };
    const python = (): string => pythonProgram('python');

    itWithPython('is valid by cloud-init’s own schema', () => {
      const config = /^#cloud-config\n[^]*?(?=\n\n--)/m.exec(userData())?.[0] ?? '';
      const file = join(mkdtempSync(join(tmpdir(), 'holdout-cloud-')), 'config');
      writeFileSync(file, `${config}\n`);
      const args = ['-m', 'cloudinit.cmd.main', 'schema', '--config-file', file];
      const { stdout, stderr } = spawnSync(python(), args, { env: inCloudInit(), encoding: 'utf8' });
      assert.match(`${stdout}${stderr}`, /Valid cloud-config/);
    });

    itWithPython('becomes the files of infra/host when cloud-init writes them, and systemd accepts the units', () => {
      const sums = execFileSync('sh', ['-c', 'sha256sum * | cut -c -64 | sort'], { cwd: hostFolder, encoding: 'utf8' });
      const printed = onInstance(
        [
          `${shellWord(python())} ${shellWord(join(infraFolder, 'checks/write_files.py'))} >&2`,
          'sha256sum /opt/holdout/* /etc/systemd/system/holdout-* | cut -c -64 | sort',
          'for program in /opt/holdout/*; do [ -x $program ]; done',
          `LD_LIBRARY_PATH=$LIBRARIES ${shellWord(join(folder, 'usr/bin/systemd-analyze'))} verify /etc/systemd/system/holdout-*`,
        ],
        userData(),
      );
      assert.ok(printed.startsWith(sums), printed);
      assert.doesNotMatch(printed, /holdout-.*(?:not executable|Unknown|Failed|ignoring)/);
    });

    itWithPython('with a misspelt unit would be noticed', () => {
      const printed = onInstance(
        [
          'printf "[Timer]\\nOnUnitInactive=10\\n" >/etc/systemd/system/holdout-wrong.timer',
          `LD_LIBRARY_PATH=$LIBRARIES ${shellWord(join(folder, 'usr/bin/systemd-analyze'))} verify /etc/systemd/system/holdout-wrong.timer 2>&1 || true`,
        ],
        '',
      );
      assert.match(printed, /Unknown key.*OnUnitInactive/);
    });
  },
);

const canFilter = spawnSync('iptables', ['--version']).status === 0;
const itWithIptables = canFilter ? it : it.skip;
const unlessFiltering = canFilter ? '' : ' (iptables is not installed)';

describe('the rules against submissions', () => {
  const rejectTwice = Array<string>(2)
    .fill(shellWord(script('reject-submissions.sh')))
    .join('; ');
  /** Runs the script twice in a network of its own, then connects to a server there as this user and group. */
  const connects = (user: number, group: number): boolean => {
    const server = "require('net').createServer((s) => s.end()).listen(5678, '127.0.0.1')";
    const client =
      "require('net').connect(5678, '127.0.0.1').on('connect', () => process.exit(0)).on('error', () => process.exit(9))";
    const commands = [
      'ip link set lo up',
      rejectTwice,
      `node -e "${server}" & server=$!`,
      'until ss --listening --tcp --numeric | grep --quiet 5678; do sleep 0.1; done',
      `setpriv --reuid=${user} --regid=${group} --clear-groups node -e "${client}"; status=$?`,
      'kill $server; exit $status',
    ];
    const { status, stderr } = spawnSync('unshare', ['--net', 'sh', '-c', commands.join('\n')], { encoding: 'utf8' });
    assert.ok(status === 0 || status === 9, `${status} ${stderr}`);
    return status === 0;
  };
  const { firstUser, users, group } = submissionIds;
  const cases: readonly [who: string, user: number, group: number, mayConnect: boolean][] = [
    ['root', 0, 0, true],
    ['an account of the host', 1000, 1000, true],
    ['the user before the first submission', firstUser - 1, 1000, true],
    ['the first user of submissions', firstUser, group, false],
    ['the last user of submissions', firstUser + users - 1, group, false],
    ['a submission’s user with another group', firstUser + 5, 0, false],
    ['another user with the submissions’ group', 1000, group, false],
  ];
  for (const [who, user, itsGroup, mayConnect] of cases) {
    itWithIptables(`${mayConnect ? 'let' : 'reject'} ${who}${unlessFiltering}`, () => {
      assert.equal(connects(user, itsGroup), mayConnect);
    });
  }

  itWithIptables(`stand once in the chain, however often the script runs${unlessFiltering}`, () => {
    const twice = `${rejectTwice}; iptables --list-rules OUTPUT`;
    const rules = execFileSync('unshare', ['--net', 'sh', '-ec', twice], { encoding: 'utf8' });
    assert.equal(rules.split('\n').filter((rule) => rule.includes('REJECT')).length, 2, rules);
  });
});

describe('the accounting of GPUs', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'holdout-gpu-'))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('is left alone on an instance without a driver', () => {
    symlinkSync('/bin/sh', join(folder, 'sh'));
    assert.equal(spawnSync(script('account-gpu.sh'), { env: { PATH: folder } }).status, 0);
  });

  it('is switched on with the persistence mode, which keeps it', () => {
    const calls = join(folder, 'calls');
    writeFileSync(join(folder, 'nvidia-smi'), `#!/bin/sh\necho "$@" >>${calls}\n`, { mode: 0o755 });
    assert.equal(spawnSync(script('account-gpu.sh'), { env: { PATH: `${folder}:/bin` } }).status, 0);
    assert.equal(execFileSync('cat', [calls], { encoding: 'utf8' }), '--persistence-mode=1\n--accounting-mode=1\n');
  });
});

describeWithDocker('the reaper of a host', function () {
  this.timeout(120_000);
  const image = 'holdout-busybox';
  let host: DockerHost;

  before(async () => {
    host = await DockerHost.start();
    await importBusybox(host, image);
  });
  after(() => host.stop());
  afterEach(async () => assert.deepEqual(await host.leftovers(), []));

  /** Starts a container that sleeps and returns its id. */
  const start = (name: string, ...flags: string[]): Promise<string> =>
    host.docker('run', '--detach', '--network=none', `--name=${name}`, ...flags, image, '/busybox', 'sleep', '600');
  const runner = (job: string, launcher: string): Promise<string> =>
    start(
      `ho-${job}-runner`,
      `--label=${containerLabels.runner}=${job}`,
      `--label=${containerLabels.launcher}=${launcher}`,
    );
  const submission = (job: string): Promise<string> =>
    start(`ho-${job}`, `--label=${containerLabels.run}=c/s/1`, `--label=${containerLabels.job}=${job}`);
  const kill = (name: string): Promise<string> => host.docker('kill', '--signal=KILL', name);
  const names = async (): Promise<string[]> =>
    (await host.docker('ps', '--all', '--format={{.Names}}')).split('\n').filter(Boolean).sort();

  it('leaves a running job alone', async () => {
    const launcher = await start('ecs-1');
    await runner('one', launcher);
    await submission('one');
    mkdirSync(join(host.scratch, 'runs', 'one'), { recursive: true });
    assert.equal(await host.reap(), '');
    assert.deepEqual(await names(), ['ecs-1', 'ho-one', 'ho-one-runner']);
    assert.ok(existsSync(join(host.scratch, 'runs', 'one')));
    await host.docker('rm', '--force', 'ecs-1', 'ho-one', 'ho-one-runner');
    rmSync(join(host.scratch, 'runs', 'one'), { recursive: true });
  });

  it('ends a submission whose runner was killed, and removes its mounts and files', async () => {
    const launcher = await start('ecs-1');
    await runner('lost', launcher);
    await submission('lost');
    const output = join(host.scratch, 'runs', 'lost', 'output');
    mkdirSync(output, { recursive: true });
    await host.inside('mount', '-t', 'tmpfs', 'tmpfs', output);
    await host.inside('mount', '-t', 'tmpfs', 'tmpfs', join(host.scratch, 'runs', 'lost'));
    await kill('ho-lost-runner');
    assert.match(await host.reap(), /ended the submission of job lost: its runner is gone/);
    assert.deepEqual(await names(), ['ecs-1', 'ho-lost-runner']);
    await host.docker('rm', '--force', 'ecs-1', 'ho-lost-runner');
  });

  it('ends runner and submission within one call when the launcher was killed and the runner ignores the signal', async () => {
    const launcher = await start('ecs-1');
    await runner('orphan', launcher);
    await submission('orphan');
    await kill('ecs-1');
    const began = performance.now();
    const said = await host.reap();
    assert.match(said, /stopped the runner [0-9a-f]+: its launcher is gone\nended the submission of job orphan/);
    assert.ok(performance.now() - began < 20_000);
    assert.deepEqual(await host.running('holdout.job'), []);
    await host.docker('rm', '--force', 'ecs-1', 'ho-orphan-runner');
  });

  it('ends a submission that is the only one of two whose runner is gone', async () => {
    const launcher = await start('ecs-1');
    await runner('alive', launcher);
    await submission('alive');
    await submission('dead');
    await host.reap();
    assert.deepEqual(await names(), ['ecs-1', 'ho-alive', 'ho-alive-runner']);
    await host.docker('rm', '--force', 'ecs-1', 'ho-alive', 'ho-alive-runner');
  });

  it('touches nothing when the engine does not answer', async () => {
    const folder = join(host.scratch, 'runs', 'unknown');
    mkdirSync(folder, { recursive: true });
    const { status } = spawnSync(script('reaper.sh'), {
      env: { ...process.env, DOCKER_HOST: 'unix:///nonexistent', HOLDOUT_SCRATCH: host.scratch },
    });
    assert.notEqual(status, 0);
    assert.ok(existsSync(folder));
    rmSync(folder, { recursive: true });
    await eventually('the engine is still there', async () => (await host.call('version')).status === 0);
  });
});

/** An image with one static program. As the first process of a container, it ignores SIGTERM. */
async function importBusybox(host: DockerHost, image: string): Promise<void> {
  const root = join(debianPrograms('busybox', ['busybox-static']), 'bin');
  const archive = join(host.folder, 'busybox.tar');
  execFileSync('tar', ['--create', '--file', archive, '--directory', root, 'busybox']);
  await host.docker('import', archive, image);
}
