import { shown } from '../../campaign/pseudonyms/shown.ts';
import { exitOf, exitStatus } from '../exit-status.ts';
import { namesOf } from '../pseudonyms/names-of-campaign.ts';
import { blockedLines } from '../status/blocked-text.ts';
import { endedStatus, endedText } from '../status/ended-status.ts';
import { countsLine } from '../watch/counts-and-forecast.ts';
import { queryCampaign } from '../status/query-progress.ts';
import { campaignResults } from '../status/results.ts';
import { watchCampaign } from '../watch/watch-campaign.ts';
import { jsonOption, jsonText, type Register } from './command-context.ts';

export const register: Register = (command, { withAccess, output }) => {
  command.option(...jsonOption).action(
    withAccess<{ json?: true }>(async (access, campaign, { json }) => {
      let now = await queryCampaign(access, campaign);
      if (now.kind === 'running') {
        await watchCampaign(access, campaign, output);
        now = await queryCampaign(access, campaign);
      }
      const names = await namesOf(access, campaign);
      if (now.kind === 'running') {
        const progress = shown(now.progress, names);
        const lines = [countsLine(progress).trim(), ...blockedLines(progress).map((line) => `blocked: ${line}`)];
        output.result(json ? jsonText({ state: 'running', ...progress }) : lines.join('\n'));
        return exitStatus.needsDecision;
      }
      const ended = shown(endedStatus(now.known), names);
      output.result(json ? jsonText(ended) : endedText(ended));
      return exitOf((await campaignResults(access, campaign)).results);
    }),
  );
};
