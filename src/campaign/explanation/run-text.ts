import type { RunRecord } from '../model/messages.ts';
import type { PredictionsStatus, RunFacts } from '../model/run-facts.ts';
import { percent } from '../model/units.ts';
import { whyOfRun } from './why-failed.ts';

/** Describes a run as labels and texts, in display order. */
export function runText(run: Pick<RunRecord, 'reason' | 'cause' | 'jobId' | 'facts'>): [label: string, text: string][] {
  const { facts, jobId, cause } = run;
  const why = whyOfRun(run);
  const texts: [string, string | undefined][] = [
    ['why', why && `${why.sentence}${facts?.rule ? ` (rule: ${facts.rule})` : ''}`],
    ['cause', cause],
    ...(facts ? factTexts(facts) : []),
    ['job', jobId ?? undefined],
  ];
  return texts.flatMap(([label, text]) => (text === undefined ? [] : [[label, text] as [string, string]]));
}

const factTexts = (facts: RunFacts): [string, string | undefined][] => [
  ['time', timeText(facts)],
  ['when', whenText(facts)],
  ['exit', exitText(facts)],
  ['memory', facts.memory ? memoryText(facts.memory) : undefined],
  ['GPU', facts.device ? deviceText(facts.device) : undefined],
  ['output', facts.output ? outputText(facts.output) : undefined],
  ['file', facts.predictions ? predictionsTexts[facts.predictions] : undefined],
  ['items', facts.items ? itemsText(facts.items) : undefined],
  ['Batch', facts.batch ? batchText(facts.batch) : undefined],
  ['log', facts.batch?.logStreamName],
  ['machine', facts.batch ? machineText(facts.batch) : undefined],
];

/** Formats `2026-01-01 07:50:26 to 07:51:10 UTC`; the second date only if it differs. */
function whenText({ startedAt, stoppedAt }: RunFacts): string | undefined {
  if (startedAt === null) return undefined;
  const [start, day] = [startedAt.slice(0, 19).replace('T', ' '), startedAt.slice(0, 10)];
  if (stoppedAt === null) return `from ${start} UTC`;
  const stop = stoppedAt.slice(0, 19).replace('T', ' ');
  return `${start} to ${stop.startsWith(day) ? stop.slice(11) : stop} UTC`;
}

/** The container's exit code, such as `137 (SIGKILL)`, or why there is none. */
export const exitText = ({ end, exitCode, signal }: RunFacts): string =>
  end === 'exited' ? `${exitCode}${signal === null ? '' : ` (${signal})`}` : endTexts[end ?? 'unknown'];

const endTexts = {
  'time-limit': 'none: stopped by the wall-clock limit',
  stopped: 'none: stopped from outside',
  'never-started': 'none: never started',
  unknown: 'unknown: no outcome',
} as const;

/** Formats `58.2 of 60 s (97 %)`. */
export const timeText = ({ seconds, limitSeconds }: RunFacts): string =>
  seconds === null ? `unknown, limit ${limitSeconds} s` : ofLimit(seconds, limitSeconds, 's');

/** Formats `120 of 256 MiB (47 %)`; undefined when not measured. */
export const memoryPeak = ({ memory }: RunFacts): string | undefined =>
  memory === null || memory.peakMiB === null ? undefined : ofLimit(memory.peakMiB, memory.limitMiB, 'MiB');

/** Formats `40 of 48 MiB (83 %)`; undefined without a device. */
export const devicePeak = ({ device }: RunFacts): string | undefined =>
  device === null ? undefined : ofLimit(device.peakMiB, device.totalMiB, 'MiB');

function memoryText(memory: NonNullable<RunFacts['memory']>): string {
  const { limitMiB, peakMiB, outOfMemory } = memory;
  const peak = peakMiB === null ? `peak not measured, limit ${limitMiB} MiB` : ofLimit(peakMiB, limitMiB, 'MiB');
  return `${peak} with page cache, ${killTexts[outOfMemory]}`;
}

const killTexts = {
  killed: 'the kernel killed a process',
  none: 'no kill recorded',
  unknown: 'this host records no kills',
} as const;

function deviceText({ totalMiB, idleMiB, peakMiB, peaksMiB, peakSumMiB }: NonNullable<RunFacts['device']>): string {
  const idle = idleMiB === 0 ? '' : `, including ${idleMiB} MiB used before the start`;
  const all =
    peaksMiB && `; peaks of the ${peaksMiB.length} GPUs: ${peaksMiB.join(', ')} MiB, together ${peakSumMiB} MiB`;
  return `${ofLimit(peakMiB, totalMiB, 'MiB')}${idle}${all ?? ''}`;
}

const outputText = ({ bytes, full }: NonNullable<RunFacts['output']>): string =>
  `${size(bytes)}${full ? ', output space full' : ''}`;

const predictionsTexts: Record<PredictionsStatus, string | undefined> = {
  collected: undefined,
  missing: 'no predictions file',
  link: 'the predictions file is a link',
  'not-a-file': 'the predictions path is not a file',
  'too-large': 'the predictions file is too large',
};

const itemsText = ({ count, startUpSeconds, secondsPerItem }: NonNullable<RunFacts['items']>): string =>
  `${count}, ${secondsPerItem.toPrecision(3)} s each` +
  (startUpSeconds === null ? ', start-up included' : ` after ${startUpSeconds.toPrecision(3)} s of start-up`);

const batchText = ({ statusReason, exitCode, reason }: NonNullable<RunFacts['batch']>): string =>
  [
    statusReason ?? 'no reason given',
    ...(exitCode === null ? [] : [`runner exit code ${exitCode}`]),
    ...(reason === null ? [] : [reason]),
  ].join('; ');

/** The machine's id within its cluster, which is the last part of its ARN. */
const machineText = ({ containerInstanceArn }: NonNullable<RunFacts['batch']>): string | undefined =>
  containerInstanceArn?.split('/').slice(-2).join('/');

const ofLimit = (amount: number, limit: number, unit: string): string =>
  `${Math.round(amount * 10) / 10} of ${limit} ${unit} (${percent(amount / limit)})`;

const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

/** Formats `1.5 MiB`. */
function size(bytes: number): string {
  const power = Math.min(units.length - 1, bytes < 1 ? 0 : Math.floor(Math.log2(bytes) / 10));
  return `${Math.round((10 * bytes) / 1024 ** power) / 10} ${units[power]}`;
}
