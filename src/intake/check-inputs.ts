import { dirname } from 'node:path';
import { quoted } from '../safe-text.ts';
import { itemId } from '../scoring/item-id.ts';
import type { Report } from './campaign-file/yaml-file.ts';
import type { ReadCampaign } from './campaign-file/campaign-schema.ts';
import type { LocalPath, S3Location } from './checked-campaign.ts';
import { inputsIn } from './input-files.ts';
import { checkLabels } from './check-labels.ts';
import { locate, shownPath, unreachable } from './locate.ts';
import { reportFaults } from './report-faults.ts';

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
