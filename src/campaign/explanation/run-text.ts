import type { RunRecord } from '../model/messages.ts';
import type { PredictionsStatus, RunFacts } from '../model/run-facts.ts';
import { percent } from '../model/units.ts';
import { whyOfRun } from './why.ts';

/** The facts of a run in words for people: labels and texts, in the order in which they are read. Pure. */
export function runText(run: Pick<RunRecord, 'reason' | 'cause' | 'jobId' | 'facts'>): [label: string, text: string][] {
  const { facts, jobId, cause } = run;
  const why = whyOfRun(run);
  const words: [string, string | undefined][] = [
    ['why', why && `${why.sentence}${facts?.rule ? ` (rule: ${facts.rule})` : ''}`],
    ['cause', cause],
    ...(facts ? factWords(facts) : []),
    ['job', jobId ?? undefined],
  ];
  return words.flatMap(([label, text]) => (text === undefined ? [] : [[label, text] as [string, string]]));
}

const factWords = (facts: RunFacts): [string, string | undefined][] => [
  ['time', timeWords(facts)],
  ['when', whenWords(facts)],
  ['exit', exitWords(facts)],
  ['memory', facts.memory ? memoryText(facts.memory) : undefined],
  ['GPU', facts.device ? deviceText(facts.device) : undefined],
  ['output', facts.output ? outputText(facts.output) : undefined],
  ['file', facts.predictions ? foundWords[facts.predictions] : undefined],
  ['items', facts.items ? itemsText(facts.items) : undefined],
  ['Batch', facts.batch ? batchText(facts.batch) : undefined],
];

/** `2026-01-01 07:50:26 to 07:51:10 UTC`, with the second day where it is another one. */
function whenWords({ startedAt, stoppedAt }: RunFacts): string | undefined {
  if (startedAt === null) return undefined;
  const [start, day] = [startedAt.slice(0, 19).replace('T', ' '), startedAt.slice(0, 10)];
  if (stoppedAt === null) return `from ${start} UTC`;
  const stop = stoppedAt.slice(0, 19).replace('T', ' ');
  return `${start} to ${stop.startsWith(day) ? stop.slice(11) : stop} UTC`;
}

/** How the container ended: `exit code 137 (SIGKILL)`. */
export function exitWords({ end, exitCode, signal }: RunFacts): string {
  switch (end) {
    case 'exited':
      return `exit code ${exitCode}${signal === null ? '' : ` (${signal})`}`;
    case 'time-limit':
      return 'none: ended by the wall-clock limit';
    case 'stopped':
      return 'none: stopped from outside';
    case 'never-started':
      return 'none: it never started';
    case null:
      return 'not known: no outcome was left';
  }
}

/** `58.2 of 60 s (97 %)`. */
export const timeWords = ({ seconds, limitSeconds }: RunFacts): string =>
  seconds === null ? `not known, of ${limitSeconds} s` : ofLimit(seconds, limitSeconds, 's');

/** `120 of 256 MiB (47 %)`; undefined when nobody measured. */
export const memoryPeak = ({ memory }: RunFacts): string | undefined =>
  memory === null || memory.peakMiB === null ? undefined : ofLimit(memory.peakMiB, memory.limitMiB, 'MiB');

export const devicePeak = ({ device }: RunFacts): string | undefined =>
  device === null ? undefined : ofLimit(device.peakMiB, device.totalMiB, 'MiB');

function memoryText(memory: NonNullable<RunFacts['memory']>): string {
  const { limitMiB, peakMiB, outOfMemory } = memory;
  const peak = peakMiB === null ? `peak not measured, limit ${limitMiB} MiB` : ofLimit(peakMiB, limitMiB, 'MiB');
  return `${peak} with page cache, ${killWords[outOfMemory]}`;
}

const killWords = {
  killed: 'the kernel killed a process',
  none: 'no kill on record',
  unknown: 'this host records no kills',
} as const;

const deviceText = ({ totalMiB, idleMiB, peakMiB }: NonNullable<RunFacts['device']>): string =>
  `${ofLimit(peakMiB, totalMiB, 'MiB')}${idleMiB === 0 ? '' : `, of it ${idleMiB} MiB before the start`}`;

const outputText = ({ bytes, full }: NonNullable<RunFacts['output']>): string =>
  `${size(bytes)}${full ? ', which filled the space for output' : ''}`;

const foundWords: Record<PredictionsStatus, string | undefined> = {
  collected: undefined,
  missing: 'no predictions file',
  link: 'the predictions file is a link',
  'not-a-file': 'what is there under its name is not a file',
  'too-large': 'the predictions file is too large',
};

const itemsText = ({ count, startUpSeconds, secondsPerItem }: NonNullable<RunFacts['items']>): string =>
  `${count}, ${secondsPerItem.toPrecision(3)} s each` +
  (startUpSeconds === null ? ', start-up included' : ` after ${startUpSeconds.toPrecision(3)} s of start-up`);

const batchText = ({ statusReason, exitCode, reason }: NonNullable<RunFacts['batch']>): string =>
  [
    statusReason ?? 'gives no reason',
    ...(exitCode === null ? [] : [`exit code of the runner ${exitCode}`]),
    ...(reason === null ? [] : [reason]),
  ].join('; ');

const ofLimit = (amount: number, limit: number, unit: string): string =>
  `${Math.round(amount * 10) / 10} of ${limit} ${unit} (${percent(amount / limit)})`;

const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

/** `1.5 MiB`. */
function size(bytes: number): string {
  const power = Math.min(units.length - 1, bytes < 1 ? 0 : Math.floor(Math.log2(bytes) / 10));
  return `${Math.round((10 * bytes) / 1024 ** power) / 10} ${units[power]}`;
}
