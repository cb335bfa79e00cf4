import type { UpdateDefinition } from '@temporalio/common';
import type { Attribution } from '../../../campaign/operators/operator-commands.ts';
import type { HoldoutError } from '../../../errors.ts';
import { campaignPattern } from '../../../ids.ts';
import { counted } from '../../../safe-text.ts';
import type { Access } from '../../access.ts';
import { confirmed } from '../../confirm.ts';
import { exitStatus } from '../../exit-status.ts';
import { requestUpdate } from '../../operator/request-update.ts';
import { cancelWorkflows, runningWorkflows, type RunningChoice } from '../../operator/stop-without-record.ts';
import type { Output } from '../../output.ts';

interface Stop<Message extends Attribution> {
  command: 'abort' | 'cancel';
  question: string;
  choice: RunningChoice;
  update: UpdateDefinition<void, [Message]>;
  message: Message;
}

/**
 * While the bucket of the records cannot be used, jobs go on costing money, but no command can be put on record. This ends the jobs
 * nevertheless; the campaign takes the command, and carries out and records the rest of it later. Throws the bucket's error if
 * nothing that runs is chosen.
 */
export async function stopWithoutRecord<Message extends Attribution>(
  access: Access,
  campaign: string,
  { command, question, choice, update, message }: Stop<Message>,
  fault: HoldoutError,
  { yes, output }: { yes: boolean; output: Output },
): Promise<number> {
  const ids = campaignPattern.test(campaign) ? await runningWorkflows(access, campaign, choice) : [];
  if (ids.length === 0) throw fault;
  const named = choice.submissions === undefined ? '' : ` of ${counted(choice.submissions.length, 'named submission')}`;
  const meaning = [
    fault.message,
    `under way: ${ids.length}${named}; their jobs are ended all the same, and their work is lost. The rest of the ${command} ` +
      'follows, and is recorded, once the campaign can use the bucket',
  ];
  if (!(await confirmed(meaning, question, { yes, output }))) return exitStatus.failed;
  const [taken, failed] = await Promise.all([
    requestUpdate(access, campaign, update, message),
    cancelWorkflows(access, ids),
  ]);
  const ordered = counted(ids.length - failed.length, 'workflow');
  output.say(`done: Temporal cancels ${ordered}; their jobs end within a minute, if a worker runs`);
  for (const { id, why } of failed) output.say(`not cancelled: ${id}: ${why}`);
  output.say(
    taken.kind === 'taken'
      ? `not yet on record: the campaign carries out the ${command} once it can use the bucket; status shows it then`
      : `not done: the campaign has not taken the ${command}: ${taken.why}. Run the same command again once the bucket can be used`,
  );
  return exitStatus.failed;
}
