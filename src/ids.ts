/** Every id, key and queue name that two processes must agree on. */

export const campaignPattern = /^[a-z0-9][a-z0-9-]{0,39}$/;
export const memberPattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

export const campaignWorkflowId = (campaign: string): string => `campaign:${campaign}`;
export const submissionWorkflowId = (campaign: string, submission: string): string =>
  `submission:${campaign}:${submission}`;

/** What a workflow is about: a campaign, or one of its submissions or canaries. `run`: the number of the canary's run. */
interface WorkflowSubject {
  campaign: string;
  submission?: string;
  class?: string;
  run?: number;
}

/** What a workflow with an id made here is about; undefined for any other id. */
export function subjectOf(workflowId: string): WorkflowSubject | undefined {
  const [kind, campaign, member, run, ...rest] = workflowId.split(':');
  if (!campaign || rest.length > 0) return undefined;
  if (kind === 'campaign' && member === undefined) return { campaign };
  if (!member) return undefined;
  if (kind === 'submission' && run === undefined) return { campaign, submission: member };
  return kind === 'canary' && run ? { campaign, class: member, run: Number(run) } : undefined;
}

/** The campaign of a workflow id made here; undefined for any other id. */
export const campaignOf = (workflowId: string): string | undefined => subjectOf(workflowId)?.campaign;

export const canaryWorkflowId = (campaign: string, className: string, n: number): string =>
  `canary:${campaign}:${className}:${n}`;

const canaryPrefix = '_canary-';

/** The place of a submission in the run keys, tags and reports of a class's canaries. No submission has such an id. */
export const canaryMember = (className: string): string => `${canaryPrefix}${className}`;

/** The class whose canaries {@link canaryMember} names; undefined for a submission. */
export const classOfCanary = (member: string): string | undefined =>
  member.startsWith(canaryPrefix) ? member.slice(canaryPrefix.length) : undefined;

/** The unique name of a run, `<campaign>/<submission>/<n>`; also its folder in the runs bucket. */
export const runKeyOf = (campaign: string, submission: string, n: number): string => `${campaign}/${submission}/${n}`;

/** Splits a run key made by {@link runKeyOf}. */
export function parseRunKey(runKey: string): { campaign: string; submission: string; n: number } {
  const [campaign, submission, n, ...rest] = runKey.split('/');
  if (!campaign || !submission || !n || rest.length > 0 || !/^[1-9][0-9]*$/.test(n)) {
    throw new RangeError(`not a run key: ${JSON.stringify(runKey)}`);
  }
  return { campaign, submission, n: Number(n) };
}

/** The numbers of the form `1`, `2`, … that keys contain; undefined for any other text. */
export const numberInKey = (text: string | undefined): number | undefined =>
  text !== undefined && /^[1-9][0-9]{0,8}$/.test(text) ? Number(text) : undefined;

/** Task queues; `npm run worker -- --queues` takes these names. */
export const taskQueues = {
  main: 'holdout-main',
  images: 'holdout-images',
  submit: 'holdout-submit',
  await: 'holdout-await',
  score: 'holdout-score',
} as const;
export type TaskQueueName = keyof typeof taskQueues;

/** The claim that gives a run up: no job can claim and run it afterwards. */
export const abandonedClaim = 'abandoned';
