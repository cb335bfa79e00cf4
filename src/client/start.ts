import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { ensureJobDefinitions } from '../batch/job-definition.ts';
import { checkCampaign } from '../hand-in/check-campaign.ts';
import type { CheckedCampaign } from '../hand-in/checked-campaign.ts';
import { handIn } from '../hand-in/hand-in.ts';
import { messageOf, trouble } from '../errors.ts';
import { campaignWorkflowId, resultObjects, taskQueues } from '../ids.ts';
import { enterEnvironment } from '../local/stack/environment.ts';
import { homeFolder, placesOf } from '../local/stack/home.ts';
import { bringUpInBackground } from '../local/stack/background.ts';
import { openStack, type Stack } from '../local/stack/open-stack.ts';
import { unsupportedBecause } from '../local/tools/open-engine.ts';
import { openAccess, type Access } from './access.ts';
import { isRemote } from './enter-stack.ts';
import { buildExample } from './example.ts';
import { exitOf, exitStatus } from './exit-status.ts';
import type { Output } from './output.ts';
import { readyBatch } from './ready-batch.ts';
import { keepStanding, standingOf } from './results.ts';
import { startWorkflow } from './start-workflow.ts';
import { watchCampaign } from './watch.ts';

export interface StartOptions {
  /** Without one the example, on the embedded stack. */
  file?: string;
  detach?: true;
  json?: true;
  yes?: true;
}

/**
 * `start-campaign`: checks the file before anything else, brings the embedded stack up, hands the campaign in, starts its
 * workflow or goes on with it, follows it and reports. Answers the exit status.
 */
export async function startCampaign(options: StartOptions, output: Output): Promise<number> {
  const unsupported = isRemote() ? undefined : unsupportedBecause();
  if (unsupported !== undefined) throw trouble('PLATFORM_UNSUPPORTED', { because: unsupported });
  const file = options.file ?? (await buildExample(output));
  const { s3 } = placesOf(homeFolder());
  const checked = await checkCampaign(file, new Date(), (campaign) =>
    existsSync(join(s3, 'holdout-results', resultObjects.campaign(campaign))),
  );
  if (isRemote()) return inRemote(checked, options, output);
  if (options.detach) await bringUpInBackground(homeFolder(), output.say);
  const stack = await openStack({
    home: homeFolder(),
    queues: checked.instanceClasses.map(({ queue, slots }) => ({ name: queue, slots })),
    report: output.say,
  });
  const closing = closeOnSignal(stack, output);
  try {
    enterEnvironment(stack.environment);
    const access = await openAccess();
    await readyBatch(access.batch, access.settings.jobDefinition, checked.instanceClasses);
    const status = await conduct(access, checked, options, output, stack);
    if (process.stdin.isTTY && !options.detach && !stack.attached) await closing.asked();
    await access.close();
    return status;
  } finally {
    await closing.close();
  }
}

async function inRemote(checked: CheckedCampaign, options: StartOptions, output: Output): Promise<number> {
  const access = await openAccess();
  try {
    const region = process.env['AWS_REGION'] ?? 'the profile’s region';
    const where = `namespace ${access.temporal.options.namespace}, AWS ${process.env['AWS_PROFILE'] ?? 'default profile'} in ${region}`;
    if (!(await confirmed(`Start ${checked.campaign} in ${where}?`, options, output))) return exitStatus.failed;
    // On AWS the infrastructure has registered them; behind docker compose nobody else does.
    const runnerImage = process.env['HOLDOUT_RUNNER_IMAGE'];
    if (runnerImage) {
      await ensureJobDefinitions(access.batch, access.settings.jobDefinition, runnerImage, checked.instanceClasses);
    }
    return await conduct(access, checked, options, output);
  } finally {
    await access.close();
  }
}

/** From the hand-in to the report; the same on every stack. */
async function conduct(
  access: Access,
  checked: CheckedCampaign,
  options: StartOptions,
  output: Output,
  stack?: Stack,
): Promise<number> {
  const { campaign } = checked;
  const frozen = await handIn({ store: access.store, buckets: access.buckets, report: output.say }, checked);
  const ended = (await access.store.size(access.buckets.results, resultObjects.results(campaign))) !== undefined;
  if (!ended) await startWorkflow(access, frozen);
  if (stack) sayLinks(stack, campaign, output);
  else await sayIfNobodyWorks(access, output);
  if (options.detach) return exitStatus.done;
  const watched = ended ? ({ kind: 'ended' } as const) : await watchCampaign(access, campaign, output);
  const standing = await standingOf(access, campaign);
  const folder = await keepStanding(homeFolder(), standing);
  if (options.json) output.result(JSON.stringify(standing.results, null, 2));
  else output.result(`\n${standing.text}\n`);
  output.say(`leaderboard.csv, results.json and report.txt are in ${folder}`);
  if (watched.kind === 'holds') {
    output.say(`${campaign} holds (${watched.hold}): npm run holdout -- status ${campaign} says what to do`);
    return exitStatus.needsDecision;
  }
  return exitOf(standing.results);
}

/** A campaign that nobody works on only waits. */
async function sayIfNobodyWorks({ temporal }: Access, output: Output): Promise<void> {
  const { pollers } = await temporal.workflowService.describeTaskQueue({
    namespace: temporal.options.namespace,
    taskQueue: { name: taskQueues.main },
    taskQueueType: workflowTasks,
  });
  if ((pollers ?? []).length === 0) output.say(`no worker polls ${taskQueues.main} yet: start one with npm run worker`);
}

function sayLinks({ endpoints }: Stack, campaign: string, output: Output): void {
  const workflows = `${endpoints.ui}/namespaces/default/workflows`;
  const list = encodeURIComponent(`HoldoutCampaign="${campaign}"`);
  output.say(`Temporal Web UI, the campaign:    ${workflows}/${encodeURIComponent(campaignWorkflowId(campaign))}`);
  output.say(`Temporal Web UI, its submissions: ${workflows}?query=${list}`);
}

async function confirmed(question: string, { yes }: StartOptions, output: Output): Promise<boolean> {
  if (yes) return true;
  if (!process.stdin.isTTY) {
    output.say(`${question} Say so with --yes.`);
    return false;
  }
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await terminal.question(`${question} [y/N] `);
  terminal.close();
  return /^y(es)?$/i.test(answer.trim());
}

/** `TASK_QUEUE_TYPE_WORKFLOW` of Temporal's API. */
const workflowTasks = 1;

/** As a shell reports a process ended by a signal. */
const statusOfSignals = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 };

/** The first Ctrl-C (or SIGTERM) closes the stack in order; everything stays on disk and the same command goes on. */
function closeOnSignal(stack: Stack, output: Output) {
  let closed: Promise<void> | undefined;
  let asked = (): void => undefined;
  let isAsked = false;
  const wait = new Promise<void>((resolve) => {
    asked = resolve;
  });
  const close = (): Promise<void> => (closed ??= stack.close());
  for (const [signal, status] of Object.entries(statusOfSignals)) {
    process.once(signal, () => {
      output.say(
        stack.attached ? 'leaving; the stack stays up' : 'closing the stack; the same command goes on from here',
      );
      asked();
      if (isAsked) return;
      close().then(
        () => process.exit(status),
        (error: unknown) => {
          output.say(`holdout: ${messageOf(error)}`);
          process.exit(exitStatus.failed);
        },
      );
    });
  }
  return {
    close,
    asked: (): Promise<void> => {
      isAsked = true;
      output.say('The stack stays up for the Web UI; Ctrl-C ends it.');
      return wait;
    },
  };
}
