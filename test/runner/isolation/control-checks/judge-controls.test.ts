import assert from 'node:assert/strict';
import { type Control, controls } from '../../../../src/campaign/model/canaries/canary.ts';
import type { DrillEvidence } from '../../../../src/runner/isolation/drill-findings.ts';
import { judgeControls } from '../../../../src/runner/isolation/control-checks/judge-controls.ts';
import { forbiddenCalls } from '../../../../src/runner/isolation/program/forbidden-calls.ts';
import type { ProgramFindings } from '../../../../src/runner/isolation/program/hostile-program.ts';
import { abstractTarget, internetTarget, type Target } from '../../../../src/runner/isolation/program/target.ts';

const [loopback, metadata] = [internetTarget('tcp', '127.0.0.1', 80), internetTarget('tcp', '169.254.169.254', 80)] as [
  Target,
  Target,
];

/** Evidence as a real drill gave it, each time anew. */
function sound(): DrillEvidence & { findings: ProgramFindings } {
  return {
    findings: {
      targets: [
        { target: loopback, result: -111 },
        { target: abstractTarget('a'), result: -111 },
        { target: metadata, result: -101 },
      ],
      interfaces: 'Inter-|   Receive\n face |bytes\n    lo:       0       0\n',
      user: { uid: 1_217_922, gid: 64_001, groups: 1, setuid: -1, setgid: -1, priority: -13, mknod: -1, rawSocket: -1 },
      status: [
        'Groups:\t64001 ',
        ...['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb'].map((name) => `${name}:\t0000000000000000`),
        'NoNewPrivs:\t1',
        'Seccomp:\t2',
        '',
      ].join('\n'),
      mounts: [
        '81 53 0:44 / / ro,relatime - overlay overlay rw',
        '82 81 7:0 / /output rw,nosuid,nodev,relatime - ext4 /dev/loop0 rw',
        '83 81 0:42 / /tmp rw,nosuid,nodev,relatime - tmpfs none rw,size=32768k',
        '85 81 0:39 / /input ro,nosuid,nodev,relatime - overlay overlay ro',
        '57 86 0:48 /sys /proc/sys ro,nosuid,nodev,noexec,relatime - proc proc rw',
        '90 81 254:0 /hosts /etc/hosts ro,relatime - ext4 /dev/vda rw',
        '94 87 0:43 / /dev/shm rw,nosuid,nodev,noexec,relatime - tmpfs shm rw,size=16384k',
        '',
      ].join('\n'),
      environment: 'HOME=/tmp\0HOLDOUT_INPUT=/input\0HOLDOUT_OUTPUT=/output\0PATH=/bin\0HOSTNAME=submission\0',
      kernel: 'Linux version 6.1.0',
      rootWrites: new Map([
        ['/bait/new', -30],
        ['/volume/new', -30],
        ['/proc/sys/kernel/hostname', -13],
        ['/etc/hosts', -13],
      ]),
      inputWrites: new Map([
        ['/input/new', -30],
        ['/input/bait', -30],
      ]),
      forbidden: new Map(Object.keys(forbiddenCalls).map((name) => [name, -38])),
      unknownCall: -38,
      otherEntries: [31, 31],
      memory: { status: 9, limits: ['67108864\n', undefined], swap: undefined },
      terminals: { opened: 32, last: -28 },
      processes: { made: 63, last: -11, limits: ['64\n', undefined] },
      processors: { quota: '200000\n', period: '100000\n', max: undefined },
      output: { written: 7 << 20, last: -28, core: 0 },
    },
    outside: {
      end: { kind: 'exited', exitCode: 0 },
      reached: [],
      outOfMemory: 'killed',
      peakMiB: 64,
      processes: 64,
      output: { full: true, bytes: 7 << 20 },
      owner: '1217922:64001',
      inputsChanged: false,
    },
    expected: {
      input: '/input',
      output: '/output',
      user: '1217922:64001',
      memoryMiB: 64,
      sharedMemoryMiB: 16,
      temporaryMiB: 32,
      processes: 64,
      processors: 2,
      outputBytes: 4 << 20,
      variables: [],
    },
  };
}

const broken = (evidence: DrillEvidence): Control[] =>
  judgeControls(evidence)
    .filter(({ holds }) => !holds)
    .map(({ control }) => control);

const replaced = (text: string | undefined, from: string | RegExp, to: string): string => {
  const changed = (text ?? '').replace(from, to);
  assert.notEqual(changed, text);
  return changed;
};

type Change = (evidence: DrillEvidence & { findings: ProgramFindings }) => object;
const inFindings =
  (change: (findings: ProgramFindings) => Partial<ProgramFindings>): Change =>
  ({ findings }) =>
    Object.assign(findings, change(findings));
const inOutside =
  (change: Partial<DrillEvidence['outside']>): Change =>
  ({ outside }) =>
    Object.assign(outside, change);
const inStatus = (from: string | RegExp, to: string): Change =>
  inFindings(({ status }) => ({ status: replaced(status, from, to) }));
const inMounts = (from: string | RegExp, to: string): Change =>
  inFindings(({ mounts }) => ({ mounts: replaced(mounts, from, to) }));
const inEnvironment = (more: string): Change =>
  inFindings(({ environment }) => ({ environment: `${environment}${more}\0` }));
const inUser =
  (user: Partial<ProgramFindings['user']>): Change =>
  ({ findings }) =>
    Object.assign(findings.user, user);

const version1 = { quota: '200000\n', period: '100000\n', max: undefined };
const version2 = { quota: undefined, period: undefined, max: '200000 100000\n' };

const changes: readonly (readonly [control: Control, what: string, change: Change])[] = [
  ['network', 'a connection arrived', inOutside({ reached: ['127.0.0.1'] })],
  ['network', 'an address can be reached', inFindings(() => ({ targets: [{ target: metadata, result: -115 }] }))],
  ['network', 'the loopback of the host answers', inFindings(() => ({ targets: [{ target: loopback, result: 0 }] }))],
  ['network', 'a refusal by a host elsewhere', inFindings(() => ({ targets: [{ target: metadata, result: -111 }] }))],
  ['network', 'an address was not tried', inFindings(() => ({ targets: [{ target: metadata, result: undefined }] }))],
  [
    'network',
    'there is another interface',
    inFindings(({ interfaces }) => ({ interfaces: `${interfaces}  eth0: 0\n` })),
  ],
  ['network', 'its interfaces are unknown', inFindings(() => ({ interfaces: undefined }))],
  ['user', 'it is root', inUser({ uid: 0 })],
  ['user', 'it has another group', inUser({ gid: 0 })],
  ['user', 'its files belong to root', inOutside({ owner: '0:0' })],
  ['user', 'it is in other groups', inStatus('Groups:\t64001', 'Groups:\t64001 0')],
  ['user', 'it can become root', inUser({ setuid: 0 })],
  ['user', 'the change was not tried', inUser({ setgid: undefined })],
  ...['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb'].map(
    (set) => ['capabilities', `${set} is not empty`, inStatus(new RegExp(`${set}:\\t0`), `${set}:\t8`)] as const,
  ),
  ['capabilities', 'new privileges are possible', inStatus('NoNewPrivs:\t1', 'NoNewPrivs:\t0')],
  ['capabilities', 'it raises its priority', inUser({ priority: 0 })],
  ['capabilities', 'it makes devices', inUser({ mknod: 0 })],
  ['capabilities', 'it opens raw sockets', inUser({ rawSocket: 3 })],
  ['memory', 'no child was killed', ({ findings }) => Object.assign(findings.memory, { status: 0 })],
  ['memory', 'no child was started', ({ findings }) => Object.assign(findings.memory, { status: undefined })],
  ['memory', 'nobody recorded the kill', inOutside({ outOfMemory: 'none' })],
  ['memory', 'the peak is above the limit', inOutside({ peakMiB: 73 })],
  ['memory', 'its group has no limit', ({ findings }) => Object.assign(findings.memory, { limits: ['max\n'] })],
  ['memory', 'its group allows swap', ({ findings }) => Object.assign(findings.memory, { swap: 'max\n' })],
  ['memory', '/tmp has no size', inMounts(',size=32768k', '')],
  ['memory', '/dev/shm is larger', inMounts('size=16384k', 'size=65536k')],
  ['processes', 'fork always works', ({ findings }) => Object.assign(findings.processes, { last: 70 })],
  ['processes', 'it has more', ({ findings }) => Object.assign(findings.processes, { made: 64 })],
  ['processes', 'nothing was tried', ({ findings }) => Object.assign(findings.processes, { made: undefined })],
  ['processes', 'it takes terminals', inFindings(() => ({ terminals: { opened: 40, last: 70 } }))],
  ['processes', 'it takes terminals of others', inFindings(() => ({ terminals: { opened: 33, last: -28 } }))],
  ['processes', 'no terminals were tried', inFindings(() => ({ terminals: { opened: undefined, last: undefined } }))],
  ['processes', 'more were counted from outside', inOutside({ processes: 65 })],
  ['processes', 'its group allows more', ({ findings }) => Object.assign(findings.processes, { limits: ['max\n'] })],
  [
    'processes',
    'its group allows more processors',
    inFindings(() => ({ processors: { ...version1, quota: '300000\n' } })),
  ],
  ['processes', 'its group allows all processors', inFindings(() => ({ processors: { ...version1, quota: '-1\n' } }))],
  [
    'processes',
    'its group of version 2 allows more processors',
    inFindings(() => ({ processors: { ...version2, max: '300000 100000\n' } })),
  ],
  [
    'processes',
    'its group of version 2 allows all',
    inFindings(() => ({ processors: { ...version2, max: 'max 100000\n' } })),
  ],
  ['read-only-root', 'it writes into its image', ({ findings }) => findings.rootWrites.set('/bait/new', 5)],
  ['read-only-root', 'only modes protect its image', ({ findings }) => findings.rootWrites.set('/bait/new', -13)],
  ['read-only-root', 'it writes into a volume', ({ findings }) => findings.rootWrites.set('/volume/new', 5)],
  [
    'read-only-root',
    'it writes a setting of the kernel',
    ({ findings }) => findings.rootWrites.set('/proc/sys/kernel/hostname', 5),
  ],
  ['read-only-root', 'its root is writable', inMounts('/ / ro', '/ / rw')],
  ['read-only-root', '/etc/hosts is writable', inMounts('/etc/hosts ro', '/etc/hosts rw')],
  ['read-only-root', '/proc/sys is writable', inMounts('/proc/sys ro', '/proc/sys rw')],
  ['read-only-root', 'there is another writable mount', inMounts(/$/, '95 81 0:9 / /run rw - tmpfs tmpfs rw\n')],
  ['read-only-inputs', 'it adds a file', ({ findings }) => findings.inputWrites.set('/input/new', 4)],
  ['read-only-inputs', 'the mount is writable', inMounts('/input ro', '/input rw')],
  ['read-only-inputs', 'they have changed', inOutside({ inputsChanged: true })],
  ['output-size', 'writes never fail', ({ findings }) => Object.assign(findings.output, { last: 1 << 20 })],
  ['output-size', 'it wrote too much', ({ findings }) => Object.assign(findings.output, { written: 1 << 30 })],
  ['output-size', 'nothing was written', ({ findings }) => Object.assign(findings.output, { written: undefined })],
  ['output-size', 'it did not get full', inOutside({ output: { full: false, bytes: 7 << 20 } })],
  ['output-size', 'more is used than it may hold', inOutside({ output: { full: true, bytes: 1 << 30 } })],
  ['output-size', 'it may write core files', ({ findings }) => Object.assign(findings.output, { core: 1 })],
  ['output-size', 'its output allows devices', inMounts('/output rw,nosuid,nodev', '/output rw,nosuid')],
  ['system-calls', 'the kernel has no filter', inStatus('Seccomp:\t2', 'Seccomp:\t0')],
  ['system-calls', '32-bit calls work', inFindings(() => ({ otherEntries: [0, 31] }))],
  ['system-calls', 'x32 calls were not tried', inFindings(() => ({ otherEntries: [31, undefined] }))],
  ...Object.keys(forbiddenCalls).map(
    (name) =>
      ['system-calls', `${name} reaches the kernel`, ({ findings }) => findings.forbidden.set(name, -22)] as [
        Control,
        string,
        Change,
      ],
  ),
  ['system-calls', 'an unknown call was not tried', inFindings(() => ({ unknownCall: undefined }))],
  ['system-calls', 'EPERM is the answer of the kernel', ({ findings }) => findings.forbidden.set('bpf', -1)],
  ['environment', 'it has a key of AWS', inEnvironment('AWS_SECRET_ACCESS_KEY=x')],
  ['environment', 'the image sets a variable of the loader', inEnvironment('LD_PRELOAD=/x.so')],
  ['environment', 'the image sets a variable of Holdout', inEnvironment('HOLDOUT_HOME=drill')],
  ['environment', 'it is unknown', inFindings(() => ({ environment: undefined }))],
];

describe('the judge of an isolation drill', () => {
  it('finds that everything holds on a sound host', () => {
    assert.deepEqual(broken(sound()), []);
    assert.deepEqual(
      judgeControls(sound()).map(({ control }) => control),
      controls,
    );
  });

  for (const [control, what, change] of changes) {
    it(`names ${control} alone if ${what}`, () => {
      const evidence = sound();
      change(evidence);
      assert.deepEqual(broken(evidence), [control]);
    });
  }

  it('accepts the same limit of processor time by cgroup v2, and a group that does not show it', () => {
    for (const processors of [version2, { ...version2, max: undefined }]) {
      const evidence = sound();
      Object.assign(evidence.findings, { processors });
      assert.deepEqual(broken(evidence), []);
    }
  });

  it('does not take the absence of a report for isolation', () => {
    for (const end of [{ kind: 'exited', exitCode: 0 }, { kind: 'time-limit' }] as const) {
      const { outside, expected } = sound();
      const checks = judgeControls({ findings: undefined, outside: { ...outside, end }, expected });
      assert.deepEqual(broken({ findings: undefined, outside: { ...outside, end }, expected }), [...controls]);
      assert.match(checks[0]?.found ?? '', /^not tried: the program/);
    }
  });

  it('accepts EPERM from the filter of an engine that knows no ENOSYS, and nothing else', () => {
    const evidence = sound();
    evidence.findings.unknownCall = -1;
    for (const name of Object.keys(forbiddenCalls)) evidence.findings.forbidden.set(name, -1);
    assert.deepEqual(broken(evidence), []);
    evidence.findings.forbidden.set('bpf', -22);
    assert.deepEqual(broken(evidence), ['system-calls']);
  });

  it('accepts the little that the kernel gives above the limit to processes that it is killing', () => {
    const evidence = sound();
    evidence.outside.peakMiB = 65;
    assert.deepEqual(broken(evidence), []);
  });

  it('accepts variables that docker emptied, and a host that keeps no record of kills', () => {
    const evidence = sound();
    evidence.findings.environment += 'LD_PRELOAD=\0';
    evidence.outside.outOfMemory = 'unknown';
    assert.deepEqual(broken(evidence), []);
    assert.match(judgeControls(evidence).find(({ control }) => control === 'memory')?.found ?? '', /keeps no record/);
  });
});
