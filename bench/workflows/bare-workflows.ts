/** The upper bound: the same child workflows, activities and signals as in a real campaign, without content. */
import {
  condition,
  continueAsNew,
  defineSignal,
  getExternalWorkflowHandle,
  ParentClosePolicy,
  proxyActivities,
  setHandler,
  startChild,
  workflowInfo,
} from '@temporalio/workflow';

const { nothing } = proxyActivities<{ nothing: () => Promise<void> }>({ startToCloseTimeout: '1 minute' });

const requestSignal = defineSignal<[string]>('request');
const grantSignal = defineSignal('grant');
const finishedSignal = defineSignal<[string]>('finished');

/** Open, pull, request, submit, await, profile the probe, request, submit, await, score and settle, record and report. */
export async function bareSubmission({ parent }: { parent: string }): Promise<void> {
  const { workflowId } = workflowInfo();
  const campaign = getExternalWorkflowHandle(parent);
  let granted = 0;
  setHandler(grantSignal, () => {
    granted += 1;
  });
  await nothing();
  await nothing();
  for (let run = 1; run <= 2; run += 1) {
    await campaign.signal(requestSignal, workflowId);
    await condition(() => granted >= run);
    await nothing();
    await nothing();
    if (run === 1) await nothing();
  }
  await Promise.all([nothing(), campaign.signal(requestSignal, '')]);
  await nothing();
  await campaign.signal(finishedSignal, workflowId);
}

export interface BareCampaign {
  name: string;
  submissions: number;
  /** Maximum of open children. */
  window: number;
  started?: number;
  finished?: number;
}

/** Starts children, grants their requests at once, and ends with the last child. */
export async function bareCampaign(input: BareCampaign): Promise<void> {
  const { name, submissions, window } = input;
  let { started = 0, finished = 0 } = input;
  const asked: string[] = [];
  setHandler(requestSignal, (child) => {
    if (child !== '') asked.push(child);
  });
  setHandler(finishedSignal, () => {
    finished += 1;
  });
  const isOver = (): boolean => finished >= submissions;
  while (!isOver()) {
    const free = Math.min(50, submissions - started, window - (started - finished));
    const starts = Array.from({ length: Math.max(0, free) }, () => {
      started += 1;
      return startChild(bareSubmission, {
        workflowId: `${name}-${started}`,
        args: [{ parent: workflowInfo().workflowId }],
        parentClosePolicy: ParentClosePolicy.ABANDON,
      });
    });
    if (starts.length > 0) await nothing();
    await Promise.all([
      ...starts,
      ...asked.splice(0).map((child) => getExternalWorkflowHandle(child).signal(grantSignal)),
    ]);
    const canStart = (): boolean => started < submissions && started - finished < window;
    if (workflowInfo().historyLength > 3_000 && asked.length === 0) {
      await continueAsNew<typeof bareCampaign>({ ...input, started, finished });
    }
    await condition(() => asked.length > 0 || canStart() || isOver());
  }
}
