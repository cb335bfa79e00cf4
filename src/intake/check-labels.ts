import { counted, firstFew, quoted } from '../safe-text.ts';
import { readLabels } from '../scoring/labels.ts';
import { sha256 } from '../sha256.ts';
import type { ReadCampaign } from './campaign-file/campaign-schema.ts';
import type { Report } from './campaign-file/yaml-file.ts';
import { contentOrFault, shownPath } from './locate.ts';
import { reportFaults } from './report-faults.ts';
import { lineNotUtf8, notUtf8 } from './utf8.ts';

/** Checks that every input has a label and no other id does. Returns the sha256 (hex) of labels that could be read. */
export async function checkLabels(
  path: string,
  { predictions: { id, value }, campaign: { metric } }: ReadCampaign,
  inputs: ReadonlySet<string> | undefined,
  report: Report,
): Promise<string | undefined> {
  const reportLabels = (fault: string): undefined => {
    report(['inputs', 'labels'], `inputs.labels: ${fault}`);
  };
  const bytes = await contentOrFault(path);
  if ('fault' in bytes) return reportLabels(bytes.fault);
  const unreadable = lineNotUtf8(bytes);
  if (unreadable !== undefined) return reportLabels(`${shownPath(path)}: line ${unreadable} ${notUtf8}`);
  if (id === undefined || value === undefined) return undefined;
  const labels = await readLabels([bytes], { id, value }, metric);
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
