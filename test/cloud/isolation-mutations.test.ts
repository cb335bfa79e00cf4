import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { type Control, controls } from '../../src/campaign/model/canaries/canary.ts';
import { tryIsolation } from '../../src/runner/isolation/check-isolation.ts';
import { changedEngine } from '../support/changed-engine.ts';
import { seccompProfile } from '../../src/runner/sandbox/seccomp.ts';

/** An engine that leaves out a flag, or gets another one: what a wrong flag, engine or host would do. */
interface Mutation {
  what: string;
  /** In the words of `case` of sh(1): arguments of podman, each left out or replaced. */
  changes: Record<string, string | undefined>;
  broken: Control[];
  /** Variables of the runner while it drills. */
  env?: Record<string, string>;
}

const without = (flag: string, ...broken: Control[]): Mutation => ({
  what: `without ${flag}`,
  changes: { [flag]: undefined },
  broken,
});

/** The real profile with one more rule. */
const allowing = (name: string, args?: object[]): string =>
  JSON.stringify({
    ...seccompProfile,
    syscalls: [{ names: [name], action: 'SCMP_ACT_ALLOW', ...(args && { args }) }, ...seccompProfile.syscalls],
  });

const family = (value: number): object[] => [{ index: 0, value, op: 'SCMP_CMP_EQ' }];

const mutations: Mutation[] = [
  { what: 'with the network of the host', changes: { '--network=none': '--network=host' }, broken: ['network'] },
  { what: 'as root', changes: { '--user=*': '--user=0:0' }, broken: ['user', 'output-size'] },
  without('--cap-drop=ALL', 'capabilities'),
  without('--security-opt=no-new-privileges', 'capabilities'),
  {
    what: 'without a filter',
    changes: { '--security-opt=seccomp=*': '--security-opt=seccomp=unconfined' },
    broken: ['system-calls'],
  },
  without('--read-only', 'read-only-root'),
  without('--read-only-tmpfs=false', 'read-only-root'),
  without('--image-volume=ignore', 'read-only-root'),
  {
    what: 'with writable /etc/hosts',
    changes: { '*:/etc/hosts:ro': '${arg%:ro}' },
    broken: ['read-only-root'],
  },
  { what: 'with writable inputs', changes: { '*:/input:ro': '${arg%:ro}' }, broken: ['read-only-inputs'] },
  {
    what: 'without the flags of memory',
    changes: { '--memory=*': undefined, '--memory-swap=*': undefined },
    broken: ['memory'],
  },
  { what: 'with swap', changes: { '--memory-swap=*': '--memory-swap=512m' }, broken: ['memory'] },
  { what: 'outside the control group', changes: { '--cgroup-parent=*': undefined }, broken: ['memory'] },
  { what: 'with a larger /dev/shm', changes: { '--shm-size=*': '--shm-size=32m' }, broken: ['memory'] },
  { what: 'without its own /tmp', changes: { '*:/tmp': undefined }, broken: ['memory', 'output-size'] },
  { what: 'without a limit of processes', changes: { '--pids-limit=*': undefined }, broken: ['processes'] },
  { what: 'without a limit of processor time', changes: { '--cpus=*': undefined }, broken: ['processes'] },
  { what: 'with the terminals of the engine', changes: { '*:/dev/pts': undefined }, broken: ['processes'] },
  without('--ulimit=core=0:0', 'output-size'),
  without('--unsetenv-all', 'environment'),
  {
    ...without('--http-proxy=false', 'environment'),
    env: { http_proxy: 'http://proxy.example' },
  },
];

const groups: Record<string, string> = {
  'a namespace': allowing('unshare'),
  mounts: allowing('mount'),
  tracing: allowing('ptrace'),
  bpf: allowing('bpf'),
  io_uring: allowing('io_uring_setup'),
  'asynchronous contexts': allowing('io_setup'),
  'huge pages': allowing('mmap'),
  keys: allowing('keyctl'),
  AF_VSOCK: allowing('socket', family(40)),
  AF_ALG: allowing('socket', family(38)),
  'all of AF_NETLINK': allowing('socket', family(16)),
  'x32 and 32-bit calls': JSON.stringify({
    ...seccompProfile,
    architectures: ['SCMP_ARCH_X86_64', 'SCMP_ARCH_X86', 'SCMP_ARCH_X32'],
  }),
};

describe('the isolation drill names the control that an engine does not enforce', function () {
  this.timeout(60_000);
  const folder = mkdtempSync(join(tmpdir(), 'holdout-mutations-'));
  const storage = [`--root=${join(folder, 'storage')}`, `--runroot=${join(folder, 'storage-run')}`];
  const scratch = join(folder, 'scratch');

  after(() => {
    spawnSync('umount', [join(folder, 'storage/overlay')]);
    rmSync(folder, { recursive: true, force: true });
  });
  afterEach(() => assert.deepEqual(existsSync(join(scratch, 'runs')) ? readdirSync(join(scratch, 'runs')) : [], []));

  it('and none with the real flags', async () => assert.deepEqual(await brokenWith({}), []));

  for (const { what, changes, broken, env } of mutations) {
    it(`${what}: ${broken.join(', ')}`, async () => assert.deepEqual(await brokenWith(changes, env), broken));
  }

  for (const [what, profile] of Object.entries(groups)) {
    it(`with ${what} in the filter: system-calls`, async () => {
      const file = join(folder, 'profile.json');
      writeFileSync(file, profile);
      const changes = { '--security-opt=seccomp=*': `--security-opt=seccomp=${file}` };
      assert.deepEqual(await brokenWith(changes), ['system-calls']);
    });
  }

  it('with an output that has no size of its own: output-size', async () => {
    const bin = join(folder, 'bin');
    mkdirSync(join(folder, 'unlimited'), { recursive: true });
    mkdirSync(bin, { recursive: true });
    chmodSync(join(folder, 'unlimited'), 0o777);
    const mount = `#!/bin/sh\nfor last do :; done\ncase "$*" in *ext4*) exec /bin/mount --bind ${join(folder, 'unlimited')} "$last";; esac\nexec /bin/mount "$@"\n`;
    writeFileSync(join(bin, 'mount'), mount, { mode: 0o755 });
    const env = { PATH: `${bin}:${process.env['PATH']}` };
    assert.deepEqual(await brokenWith({}, env), ['output-size']);
  });

  /** The controls that a drill with a changed engine says do not hold. */
  async function brokenWith(changes: Mutation['changes'], env: Record<string, string> = {}): Promise<Control[]> {
    const jobId = randomUUID();
    const engine = {
      name: 'podman' as const,
      command: [changedEngine(join(folder, jobId), changes), ...storage, '--runtime=runc'],
      runFlags: ['--ulimit=nofile=1024:1024', '--ulimit=nproc=1024:1024'],
    };
    const before = Object.fromEntries(Object.keys(env).map((name) => [name, process.env[name]]));
    Object.assign(process.env, env);
    try {
      const checks = await tryIsolation({ jobId, scratch, engine }, new AbortController().signal);
      assert.deepEqual(
        checks.map(({ control }) => control),
        controls,
      );
      return checks.filter(({ holds }) => !holds).map(({ control }) => control);
    } finally {
      for (const [name, value] of Object.entries(before)) {
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
      }
    }
  }
});
