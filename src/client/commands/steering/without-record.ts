import type { UpdateDefinition } from '@temporalio/common';
import type { Attribution } from '../../../campaign/operators/operator-commands.ts';
import type { HoldoutError } from '../../../errors.ts';
import { counted } from '../../../safe-text.ts';
import type { Access } from '../../access.ts';
import { confirmed } from '../../confirm.ts';
import { exitStatus } from '../../exit-status.ts';
import { requestUpdate } from '../../operator/send-command.ts';
import { cancelWorkflows, workflowsWithJobs, type MeantWorkflows } from '../../operator/stop-without-record.ts';
import type { Output } from '../../output.ts';

interface Stop<Message extends Attribution> {
  command: 'abort' | 'cancel';
  question: string;
  meant: MeantWorkflows;
  update: UpdateDefinition<void, [Message]>;
  message: Message;
}

/**
 * While the bucket of the records cannot be used, jobs go on costing money, but no command can be put on record. This ends the jobs
 * nevertheless; the campaign takes the command, and carries out and records the rest of it later. Throws the bucket's error if
 * nothing under way is meant.
 */
export async function stopWithoutRecord<Message extends Attribution>(
  access: Access,
  campaign: string,
  { command, question, meant, update, message }: Stop<Message>,
  fault: HoldoutError,
  { yes, output }: { yes: boolean; output: Output },
): Promise<number> {
  const ids = await workflowsWithJobs(access, campaign, meant);
  if (ids.length === 0) throw fault;
  const meaning = [
    fault.message,
    `under way: ${ids.length}; their jobs are ended all the same, and their work is lost. The rest of the ${command} follows, and ` +
      'is recorded, once the bucket can be used',
  ];
  if (!(await confirmed(meaning, question, { yes, output }))) return exitStatus.failed;
  const [refusal] = await Promise.all([requestUpdate(access, campaign, update, message), cancelWorkflows(access, ids)]);
  output.say(`done: the end of ${counted(ids.length, 'workflow')} was ordered; their jobs end within a minute`);
  output.say(
    refusal === undefined
      ? `not yet on record: the campaign carries out the ${command} once the bucket can be used; status shows it then`
      : `the campaign did not take the ${command} (${refusal}): run the same command again once the bucket can be used`,
  );
  return exitStatus.failed;
}
