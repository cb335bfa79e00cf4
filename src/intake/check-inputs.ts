import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { counted, firstFew, quoted } from '../safe-text.ts';
import { itemId } from '../scoring/item-id.ts';
import { sha256 } from '../sha256.ts';
import { readLabels } from '../scoring/labels.ts';
import type { Report } from './campaign-file/yaml-file.ts';
import type { ReadCampaign } from './campaign-file/campaign-schema.ts';
import type { LocalPath, S3Location } from './checked-campaign.ts';
import { inputsIn } from './input-files.ts';
import { faultOfFile, locate, shownPath, unreachable } from './locate.ts';
import { lineNotUtf8, notUtf8 } from './utf8.ts';

/** The locations of the inputs and labels, if they could be determined. */
export type LocatedInputs = Partial<Record<'testSet' | 'sampleSet' | 'labels', LocalPath | S3Location>>;

/** Checks that the inputs and labels of a campaign file exist, and that every input has a label and no other id does. */
export async function checkInputs(file: string, read: ReadCampaign, report: Report): Promise<LocatedInputs> {
  const located: LocatedInputs = {};
  for (const key of ['testSet', 'sampleSet', 'labels'] as const) {
    const written = read.inputs[key];
    const place = written === undefined ? undefined : locate(written, dirname(file));
    if (place !== undefined) located[key] = key === 'labels' ? place : asFolder(place);
    else if (written !== undefined) {
      report(['inputs', key], `inputs.${key} is ${quoted(written)}, must be a path or s3://<bucket>/<key>`);
    }
  }
  const listed = async (key: 'testSet' | 'sampleSet'): Promise<Set<string> | undefined> => {
    const place = located[key];
    if (place?.kind !== 'local') return undefined;
    const names = await listInputs(place.path, (fault) => report(['inputs', key], `inputs.${key}: ${fault}`));
    if (names === undefined) return undefined;
    located[key] = { ...place, checked: { names } };
    return new Set(names.map(itemId));
  };
  const inputs = await listed('testSet');
  await listed('sampleSet');
  if (located.labels?.kind === 'local') {
    const digest = await checkLabels(located.labels.path, read, inputs, report);
    if (digest !== undefined) located.labels = { ...located.labels, checked: { sha256: digest } };
  }
  return located;
}

const maxListed = 20;

/** The names of the inputs in a folder; reports files that cannot be inputs. */
async function listInputs(folder: string, report: (fault: string) => void): Promise<readonly string[] | undefined> {
  const found = await inputsIn(folder).catch((error: unknown) => report(unreachable(folder, error)));
  if (found === undefined) return undefined;
  reportFaults(folder, found.faults.slice(0, maxListed), found.faults.length, report);
  if (found.names.length === 0 && found.faults.length === 0) {
    report(`${shownPath(folder)} is empty, must contain at least one input`);
  }
  return found.names;
}

/** Ends an S3 prefix with a slash, so that it matches no other folder with the same beginning. */
const asFolder = (place: LocalPath | S3Location): LocalPath | S3Location =>
  place.kind === 's3' ? { ...place, key: place.key.replace(/\/*$/, '/') } : place;

/** Returns the sha256 (hex) of labels that could be read. */
async function checkLabels(
  path: string,
  { predictions: { id, value }, campaign: { metric } }: ReadCampaign,
  inputs: ReadonlySet<string> | undefined,
  report: Report,
): Promise<string | undefined> {
  const reportLabels = (fault: string): undefined => {
    report(['inputs', 'labels'], `inputs.labels: ${fault}`);
  };
  const fault = await faultOfFile(path);
  if (fault !== undefined) return reportLabels(fault);
  const bytes = await readFile(path);
  const unreadable = lineNotUtf8(bytes);
  if (unreadable !== undefined) return reportLabels(`${shownPath(path)}: line ${unreadable} ${notUtf8}`);
  if (id === undefined || value === undefined) return undefined;
  const labels = await readLabels(Readable.from([bytes], { objectMode: false }), { id, value }, metric);
  if (labels.kind === 'invalid') {
    reportFaults(path, labels.faults, labels.count, reportLabels);
    return undefined;
  }
  if (inputs === undefined || inputs.size === 0) return sha256(bytes);
  const unlabelled = [...inputs].filter((input) => !labels.values.has(input));
  const unknown = [...labels.lines].filter(([input]) => !inputs.has(input));
  if (unlabelled.length > 0) {
    reportLabels(
      `${shownPath(path)} has no label for ${counted(unlabelled.length, 'input')}: ${firstFew(unlabelled.map((name) => quoted(name)))}`,
    );
  }
  if (unknown.length > 0) {
    const named = unknown.map(([name, line]) => `${quoted(name)} on line ${line}`);
    reportLabels(`${shownPath(path)} has ${counted(unknown.length, 'label')} without an input: ${firstFew(named)}`);
  }
  return sha256(bytes);
}

function reportFaults(path: string, listed: readonly string[], count: number, report: (fault: string) => void): void {
  for (const fault of listed) report(`${shownPath(path)}: ${fault}`);
  if (count > listed.length) report(`${shownPath(path)}: ${counted(count - listed.length, 'more fault')}`);
}
