import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { messageOf, holdoutError } from '../errors.ts';
import { quoted } from '../safe-text.ts';
import { atWrittenClasses, readCampaign, withLabels } from './campaign-file/campaign-file.ts';
import { checkRules } from './campaign-file/rules-between-keys.ts';
import type { ReadCampaign } from './campaign-file/campaign-schema.ts';
import { checkInputs } from './check-inputs.ts';
import type { CheckedCampaign, CheckedSubmission } from './checked-campaign.ts';
import { resolveCampaign } from './campaign-file/resolve-campaign.ts';
import { shownPath } from './locate.ts';
import { readSubmissions } from './submissions-file.ts';
import { suggestion } from './campaign-file/suggestion.ts';
import { parseYaml, type Report } from './campaign-file/yaml-file.ts';

/**
 * Reads and checks a campaign file and every local file it names, without starting or uploading anything. Does not check S3
 * or registries. A deadline given as a duration counts from `now`; a campaign already started (`isStarted`) may be past its
 * deadline. Throws CAMPAIGN_FILE_UNREADABLE, or CAMPAIGN_INVALID with one message per fault that names file, line and value.
 */
export async function checkCampaign(
  file: string,
  now: Date,
  isStarted: (campaign: string) => boolean = () => false,
): Promise<CheckedCampaign> {
  const path = resolve(file);
  const bytes = await readFile(path).catch((error: unknown) => {
    throw holdoutError('CAMPAIGN_FILE_UNREADABLE', { file, cause: causeOf(error) }, error);
  });
  const faults: string[] = [];
  const yaml = parseYaml(bytes);
  const reportLine = (line: number, message: string): void =>
    void faults.push(`${shownPath(path)}:${line}: ${message}`);
  const report: Report = (at, message) => reportLine(yaml.lineOf(at), message);
  for (const { line, message } of yaml.faults) reportLine(line, message);
  if (yaml.faults.length > 0) throw holdoutError('CAMPAIGN_INVALID', { file, faults });

  const read = readCampaign(yaml.content, withLabels(report));
  const { campaign } = read.campaign;
  checkRules(
    read,
    { now, isStarted: campaign !== undefined && isStarted(campaign) },
    atWrittenClasses(withLabels(report), read),
  );
  const inputs = await checkInputs(path, read, report);
  const submissions = await submissionsOf(path, read, report, (fault) => faults.push(fault));
  if (faults.length > 0) throw holdoutError('CAMPAIGN_INVALID', { file, faults });
  return resolveCampaign(read, inputs, submissions, now);
}

const causes: Record<string, string> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a folder',
  EACCES: 'this user has no permission to read it',
};

const causeOf = (error: unknown): string =>
  (error instanceof Error && 'code' in error ? causes[String(error.code)] : undefined) ?? messageOf(error);

async function submissionsOf(
  path: string,
  read: ReadCampaign,
  report: Report,
  reportRow: (fault: string) => void,
): Promise<CheckedSubmission[]> {
  const { submissions: written } = read.campaign;
  if (written === undefined) return [];
  const submissions = await readSubmissions(resolve(dirname(path), written), reportRow);
  const teams = [...new Set(submissions.map(({ team }) => team))];
  for (const team of Object.keys(read.fairness.weights ?? {})) {
    if (teams.length === 0 || teams.includes(team)) continue;
    report(
      ['fairness', 'weights', team],
      `fairness.weights names the team ${quoted(team)}, which has no submission${suggestion(team, teams)}`,
    );
  }
  return submissions;
}
