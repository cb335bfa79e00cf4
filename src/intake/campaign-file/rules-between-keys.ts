import { sharedJobDefinition } from '../../campaign/model/classes/job-definition-name.ts';
import { gpuKinds } from '../../campaign/model/classes/instance-class-kinds.ts';
import { metrics } from '../../campaign/model/metrics.ts';
import { parseDuration, parseInstant } from '../../campaign/model/units.ts';
import { systemMemoryMiB } from '../../campaign/model/run-limits.ts';
import { quoted } from '../../safe-text.ts';

import { maxSeconds, type ReadCampaign, type Section } from './campaign-schema.ts';
import { checkType } from './instance-type-keys.ts';
import { suggestion } from './suggestion.ts';
import type { Path, Report } from './yaml-file.ts';

const mebibyte = 2 ** 20;
const day = 86_400;
const maxDeadlineSeconds = 3_650 * day;

/** The time of a check; the deadline of a started campaign may be past. */
interface Moment {
  now: Date;
  isStarted: boolean;
}

/** Checks rules between the keys of a campaign file. Skips unreadable values. */
export function checkRules(read: ReadCampaign, moment: Moment, report: Report): void {
  checkDeadline(read, moment, report);
  checkPredictions(read, report);
  read.instanceClasses.forEach((row, index) => {
    checkClass(row, index, read.instanceClasses, report);
    checkWallClock(row, index, read, report);
  });
  checkDefinitions(read.instanceClasses, report);
  checkCapacityOrder(read, report);
  checkNamed(['limits', 'wallClockOn'], read.limits.wallClockOn, read, report);
  checkNamed(['expect', 'on'], read.expect?.on, read, report);
  checkExpectation(read, report);
  checkMemory(read, report);
}

/** The instant of a deadline, which is written as an instant or as a duration from now. */
export function deadlineOf(written: string, now: Date): Date | undefined {
  const seconds = parseDuration(written);
  const instant = seconds === undefined ? parseInstant(written) : new Date(now.getTime() + seconds * 1_000);
  return Number.isNaN(instant?.getTime()) ? undefined : instant;
}

function checkDeadline({ campaign: { deadline } }: ReadCampaign, { now, isStarted }: Moment, report: Report): void {
  if (deadline === undefined) return;
  const instant = deadlineOf(deadline, now);
  const what = 'must be a duration such as 3w or an instant such as 2030-12-01T18:00:00Z, within ten years';
  if (instant === undefined || instant.getTime() > now.getTime() + maxDeadlineSeconds * 1_000)
    report(['deadline'], `is ${quoted(deadline)}, ${what}`);
  else if (instant <= now && !isStarted)
    report(['deadline'], `is ${quoted(deadline)}, must be in the future (now: ${now.toISOString()})`);
}

function checkPredictions(
  { predictions: { id, value, missing }, campaign: { metric } }: ReadCampaign,
  report: Report,
): void {
  if (id !== undefined && id === value) {
    report(['predictions', 'value'], `is ${quoted(value)}, must differ from predictions.id`);
  }
  if (metric === undefined || typeof missing !== 'number') return;
  if (metrics[metric].predictions === 'probability' && !(missing >= 0 && missing <= 1)) {
    report(['predictions', 'missing'], `is ${missing}, must be from 0 to 1 for ${metric}`);
  }
}

type Row = Section<'instanceClasses'>;

function checkClass(row: Row, index: number, all: readonly Row[], report: Report): void {
  const at = (key: keyof Row, message: string): void => report(['instanceClasses', index, key], message);
  const first = all.findIndex(({ name }) => name === row.name);
  if (row.name !== undefined && first < index)
    at('name', `is ${quoted(row.name)}, the same as instanceClasses[${first}]: names must be unique`);
  checkType(row, at);
  if (row.kind === 'gpu' && row.gpuMemoryMiB === undefined)
    at('gpuMemoryMiB', 'is missing: Holdout needs it to tell what fits on a class of kind gpu');
  if (row.memoryMiB !== undefined && row.memoryMiB <= systemMemoryMiB)
    at('memoryMiB', `is ${row.memoryMiB}, must be more than the ${systemMemoryMiB} MiB reserved for the system`);
  if (row.gpus !== undefined && row.gpus > 1 && row.gpu !== undefined && gpuKinds[row.gpu].isEmulated)
    at('gpus', `is ${row.gpus}, but a class has one ${row.gpu} GPU`);
  if (row.onDemandAfter !== undefined && row.purchase !== 'spot')
    at('onDemandAfter', `is ${row.onDemandAfter}, but only a class with purchase: spot loses its machines`);
  if (row.kind !== 'cpu') return;
  if (row.gpus !== undefined) at('gpus', `is ${row.gpus}, but a class of kind cpu has no GPU`);
  if (row.gpu !== undefined) at('gpu', `is ${row.gpu}, but a class of kind cpu has no GPU`);
  if (row.gpuMemoryMiB !== undefined) at('gpuMemoryMiB', `is ${row.gpuMemoryMiB}, but a class of kind cpu has no GPU`);
}

/** The campaign tries the cheapest class first, so a list in another order would promise what does not happen. */
function checkCapacityOrder({ instanceClasses: rows, classPaths }: ReadCampaign, report: Report): void {
  const costOf = ({ usdPerHour = 0, relativeSpeed = 1 }: Row): number => usdPerHour / relativeSpeed;
  classPaths.forEach(([, of, key, place], index) => {
    const [before, row] = [rows[index - 1], rows[index]];
    if (key !== 'capacity' || place === 0 || before === undefined || row === undefined) return;
    if (classPaths[index - 1]?.[1] === of && costOf(row) < costOf(before))
      report(
        ['instanceClasses', index, 'type'],
        'costs less for the same work than the entry before it: list the cheapest first',
      );
  });
}

/** Batch allows no dots in the name of a job definition. */
function checkDefinitions(rows: readonly Row[], report: Report): void {
  const shared = sharedJobDefinition(rows.flatMap(({ name }) => name ?? []));
  if (shared === undefined) return;
  const index = rows.findIndex(({ name }) => name === shared[1]);
  report(
    ['instanceClasses', index, 'name'],
    `is ${quoted(shared[1])}, which has the same job definition as ${quoted(shared[0])}: a dot counts as a hyphen`,
  );
}

/** Checks that the promised wall clock stays within the maximum on slower classes of the same kind. */
function checkWallClock(
  { kind, relativeSpeed, wallClock: own }: Row,
  index: number,
  { limits: { wallClock, wallClockOn }, instanceClasses }: ReadCampaign,
  report: Report,
): void {
  const promised = instanceClasses.find(({ name, kind: other }) => name === wallClockOn && other === kind);
  if (wallClock === undefined || own !== undefined) return;
  if (promised?.relativeSpeed === undefined || relativeSpeed === undefined) return;
  const seconds = (wallClock * promised.relativeSpeed) / relativeSpeed;
  if (seconds <= maxSeconds) return;
  report(
    ['instanceClasses', index, 'relativeSpeed'],
    `is ${relativeSpeed}, which makes limits.wallClock ${Math.ceil(seconds / day)}d on this class, ` +
      `must be up to ${maxSeconds / day}d: lower limits.wallClock or set wallClock on the class`,
  );
}

function checkNamed(path: Path, name: string | undefined, { instanceClasses }: ReadCampaign, report: Report): void {
  const names = instanceClasses.flatMap((row) => row.name ?? []);
  if (name === undefined || names.includes(name)) return;
  report(path, `is ${quoted(name)}, must name an instance class${suggestion(name, names)}`);
}

function checkExpectation({ expect = {} }: ReadCampaign, report: Report): void {
  const { runtime, startUp, outOfGpuMemory = 0, withoutGpu = 0 } = expect;
  if (runtime !== undefined && startUp !== undefined && startUp >= runtime)
    report(['expect', 'startUp'], 'must be less than expect.runtime, which includes it');
  if (outOfGpuMemory + withoutGpu > 1)
    report(['expect', 'withoutGpu'], 'plus expect.outOfGpuMemory must not exceed 100%');
}

function checkMemory({ limits: { memory }, instanceClasses }: ReadCampaign, report: Report): void {
  if (memory === undefined || instanceClasses.some(({ memoryMiB }) => memoryMiB === undefined)) return;
  const most = Math.max(...instanceClasses.map(({ memoryMiB = 0 }) => memoryMiB - systemMemoryMiB));
  if (memory < mebibyte) report(['limits', 'memory'], 'must be at least 1MiB');
  if (memory <= most * mebibyte || instanceClasses.length === 0) return;
  const kept = `${systemMemoryMiB} MiB are reserved for the system`;
  report(['limits', 'memory'], `is ${memory / mebibyte} MiB, but no class offers more than ${most} MiB (${kept})`);
}
