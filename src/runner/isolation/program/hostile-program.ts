import { Attacks } from './attacks.ts';
import { otherCalls } from './forbidden-calls.ts';
import { call } from './machine-code.ts';
import { ProgramMemory, type Slot, type TextRegion } from './memory.ts';
import { executableOf } from './executable.ts';
import { nr, openFlags } from './call-numbers.ts';
import type { Target } from './target.ts';

/** The paths of a drill in its container, and amounts that its limits must refuse. */
export interface AttackPlan {
  targets: readonly Target[];
  input: string;
  output: string;
  memoryMiB: number;
  processes: number;
  terminals: number;
  outputMiB: number;
  /** Attacks that may end the container: an engine whose limits end all of it is tried with one at a time. */
  exhausts: readonly ('memory' | 'processes')[];
  /** How long the processes are held, for a measurement from outside. */
  holdMs: number;
}

/** The name of the report in the output folder, and in /tmp in case that a wrong user may not write to the output. */
export const reportName = 'report';
const otherFolder = '/tmp';
/** Files of the drill's image and inputs that every user may write to, as far as their modes say. */
export const bait = { imageFolder: '/bait', volume: '/volume', input: 'bait' } as const;

/** What the hostile program found. Numbers are results of system calls; undefined: the program did not get there. */
export interface ProgramFindings {
  targets: { target: Target; result: number | undefined }[];
  interfaces: string | undefined;
  user: Record<'uid' | 'gid' | 'groups' | 'setuid' | 'setgid' | 'priority' | 'mknod' | 'rawSocket', number | undefined>;
  /** /proc/self/status */
  status: string | undefined;
  mounts: string | undefined;
  environment: string | undefined;
  /** /proc/version */
  kernel: string | undefined;
  /** Results of opening for writing, by path; of unlinking a file of the inputs. */
  rootWrites: Map<string, number | undefined>;
  inputWrites: Map<string, number | undefined>;
  forbidden: Map<string, number | undefined>;
  /** Result of a call that no kernel has. */
  unknownCall: number | undefined;
  /** Statuses of children that used the kernel's entries for other programs. */
  otherEntries: (number | undefined)[];
  /** `swap`: how much of it may be in swap space, in the words of the control group. */
  memory: { status: number | undefined; limits: (string | undefined)[]; swap: string | undefined };
  processes: { made: number | undefined; last: number | undefined; limits: (string | undefined)[] };
  terminals: Record<'opened' | 'last', number | undefined>;
  /** The group's limit of processor time, in its own words: quota and period on cgroup v1, both in one on v2. */
  processors: Record<'quota' | 'period' | 'max', string | undefined>;
  /** `core`: largest core file, in bytes. */
  output: Record<'written' | 'last' | 'core', number | undefined>;
}

/** The hostile program, and how to read its report; undefined if that is not one. */
export interface HostileProgram {
  executable: Buffer;
  reportBytes: number;
  read(report: Buffer): ProgramFindings | undefined;
}

/** Writes a program that tries every control once and reports what happened. It is process 1 of its container. */
export function hostileProgram(plan: AttackPlan): HostileProgram {
  const memory = new ProgramMemory();
  const attacks = new Attacks(memory);
  const reports = [plan.output, otherFolder].map((folder) => openReport(attacks, folder));
  const slots = tryAll(attacks, plan);
  attacks.emit(
    ...reports.map((report) => call(nr.pwrite64, report, memory.base, memory.reportBytes, 0)),
    call(nr.exit),
  );
  return {
    executable: executableOf(attacks.code, memory),
    reportBytes: memory.reportBytes,
    read: (bytes) => (bytes.length === memory.reportBytes ? decode(slots, plan, memory, bytes) : undefined),
  };
}

/** Written once before anything is tried, so that it has its place when the output is full. */
function openReport(attacks: Attacks, folder: string): Slot {
  const report = attacks.open(`${folder}/${reportName}`, openFlags.writeOnly | openFlags.create, 0o600);
  attacks.emit(call(nr.write, report, attacks.memory.base, attacks.memory.reportBytes));
  return report;
}

/** RLIMIT_CORE */
const rlimitCore = 4;

type Slots = ReturnType<typeof tryAll>;

function tryAll(attacks: Attacks, plan: AttackPlan) {
  const texts = {
    environment: attacks.readFile('/proc/self/environ', 16_384),
    status: attacks.readFile('/proc/self/status', 4096),
    mounts: attacks.readFile('/proc/self/mountinfo', 32_768),
    interfaces: attacks.readFile('/proc/self/net/dev', 4096),
    kernel: attacks.readFile('/proc/version', 256),
  };
  return {
    texts,
    // With and without swap on cgroup v1; on v2.
    memoryLimits: ['memory/memory.limit_in_bytes', 'memory/memory.memsw.limit_in_bytes', 'memory.max'].map((file) =>
      limitFile(attacks, file),
    ),
    swap: limitFile(attacks, 'memory.swap.max'),
    processLimits: ['pids/pids.max', 'pids.max'].map((file) => limitFile(attacks, file)),
    processors: {
      quota: limitFile(attacks, 'cpu/cpu.cfs_quota_us'),
      period: limitFile(attacks, 'cpu/cpu.cfs_period_us'),
      max: limitFile(attacks, 'cpu.max'),
    },
    user: tryUser(attacks, plan),
    ...tryFiles(attacks, plan),
    targets: plan.targets.map((target) => attacks.connect(target)),
    forbidden: attacks.forbiddenCalls(),
    otherEntries: attacks.otherEntries(),
    terminals: attacks.takeTerminals(plan.terminals),
    memory: plan.exhausts.includes('memory') ? attacks.takeMemory(plan.memoryMiB) : undefined,
    processes: plan.exhausts.includes('processes') ? attacks.takeProcesses(plan.processes, plan.holdMs) : undefined,
    core: attacks.limit(rlimitCore),
    output: attacks.fillFile(`${plan.output}/fill`, plan.outputMiB),
  };
}

const limitFile = (attacks: Attacks, file: string): TextRegion => attacks.readFile(`/sys/fs/cgroup/${file}`, 64);

function tryUser(attacks: Attacks, { output }: AttackPlan) {
  const { memory } = attacks;
  const [blockDevice, anyDevice] = [0o60_600, 7 << 8];
  return {
    uid: attacks.call(nr.getuid),
    gid: attacks.call(nr.getgid),
    groups: attacks.call(nr.getgroups),
    setuid: attacks.call(nr.setuid, 0),
    setgid: attacks.call(nr.setgid, 0),
    priority: attacks.call(nr.setpriority, 0, 0, -20),
    mknod: attacks.call(nr.mknod, memory.path(`${output}/disk`), blockDevice, anyDevice),
  };
}

function tryFiles(attacks: Attacks, { input }: AttackPlan) {
  const { memory } = attacks;
  const create = openFlags.writeOnly | openFlags.create;
  const created = [`${bait.imageFolder}/new`, `${bait.volume}/new`];
  const written = ['/proc/sys/kernel/hostname', '/etc/hosts'];
  const inInputs = `${input}/${bait.input}`;
  const open = (path: string, flags: number): [string, Slot] => [path, attacks.open(path, flags)];
  return {
    rootWrites: new Map([
      ...created.map((path) => open(path, create)),
      ...written.map((path) => open(path, openFlags.writeOnly)),
    ]),
    inputWrites: new Map([
      open(`${input}/new`, create),
      open(inInputs, openFlags.writeOnly),
      [`unlink ${inInputs}`, attacks.call(nr.unlink, memory.path(inInputs))],
    ]),
  };
}

function decode(slots: Slots, { targets }: AttackPlan, memory: ProgramMemory, report: Buffer): ProgramFindings {
  const number = (slot: Slot | undefined): number | undefined => slot && memory.numberIn(report, slot);
  const text = (region: TextRegion): string | undefined => memory.textIn(report, region);
  const numbers = <Key>(map: Map<Key, Slot>): Map<Key, number | undefined> =>
    new Map([...map].map(([key, slot]) => [key, number(slot)]));
  const { user, texts, terminals, processes, processors, output } = slots;
  return {
    targets: targets.map((target, n) => ({ target, result: number(slots.targets[n]) })),
    interfaces: text(texts.interfaces),
    user: {
      uid: number(user.uid),
      gid: number(user.gid),
      groups: number(user.groups),
      setuid: number(user.setuid),
      setgid: number(user.setgid),
      priority: number(user.priority),
      mknod: number(user.mknod),
      rawSocket: number(slots.forbidden.get('rawSocket')),
    },
    status: text(texts.status),
    mounts: text(texts.mounts),
    environment: text(texts.environment),
    kernel: text(texts.kernel),
    rootWrites: numbers(slots.rootWrites),
    inputWrites: numbers(slots.inputWrites),
    forbidden: new Map([...numbers(slots.forbidden)].filter(([name]) => !(name in otherCalls))),
    unknownCall: number(slots.forbidden.get('unknown')),
    otherEntries: slots.otherEntries.map(number),
    memory: { status: number(slots.memory), limits: slots.memoryLimits.map(text), swap: text(slots.swap) },
    processes: { made: number(processes?.made), last: number(processes?.last), limits: slots.processLimits.map(text) },
    terminals: { opened: number(terminals.opened), last: number(terminals.last) },
    processors: { quota: text(processors.quota), period: text(processors.period), max: text(processors.max) },
    output: { written: number(output.written), last: number(output.last), core: number(slots.core) },
  };
}
