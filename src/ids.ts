/** Every id, key and queue name that two rooms must agree on (design: "Names that clash if not fixed"). Pure. */

export const campaignPattern = /^[a-z0-9][a-z0-9-]{0,39}$/;
export const memberPattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

export const campaignWorkflowId = (campaign: string): string => `campaign:${campaign}`;
export const submissionWorkflowId = (campaign: string, submission: string): string =>
  `submission:${campaign}:${submission}`;

/** Names one run for ever: `<campaign>/<submission>/<n>`; also its folder in the runs bucket. */
export const runKeyOf = (campaign: string, submission: string, n: number): string => `${campaign}/${submission}/${n}`;

/** Splits a run key made by {@link runKeyOf}. */
export function parseRunKey(runKey: string): { campaign: string; submission: string; n: number } {
  const [campaign, submission, n, ...rest] = runKey.split('/');
  if (!campaign || !submission || !n || rest.length > 0 || !/^[1-9][0-9]*$/.test(n)) {
    throw new RangeError(`not a run key: ${JSON.stringify(runKey)}`);
  }
  return { campaign, submission, n: Number(n) };
}

/** Objects of a run in the runs bucket. */
export const runObjects = {
  spec: (runKey: string): string => `${runKey}/spec.json`,
  claim: (runKey: string): string => `${runKey}/claim`,
  outcome: (runKey: string): string => `${runKey}/outcome.json`,
  /** Why there is no outcome, by the runner. */
  trouble: (runKey: string): string => `${runKey}/trouble.json`,
  predictions: (runKey: string): string => `${runKey}/predictions.csv`,
  log: (runKey: string): string => `${runKey}/stdout.log`,
};

/** Objects of a campaign in the results bucket. */
export const resultObjects = {
  campaign: (campaign: string): string => `${campaign}/campaign.json`,
  manifest: (campaign: string): string => `${campaign}/manifest.json`,
  ledgerFolder: (campaign: string): string => `${campaign}/ledger/`,
  ledger: (campaign: string, submission: string, sequence: number): string =>
    `${campaign}/ledger/${submission}/${sequence}.json`,
  /** Later rounds score under their own key: a rescore must not meet the score of the same run. */
  score: (campaign: string, submission: string, n: number, sequence: number): string =>
    `${campaign}/scores/${submission}/${sequence === 1 ? n : `${n}-${sequence}`}.json`,
  /** A work list, under the sha256 (hex) of its bytes. */
  work: (campaign: string, sha256: string): string => `${campaign}/work/${sha256}.json`,
  addedFolder: (campaign: string): string => `${campaign}/added/`,
  /** Rounds that an operator wants to add, under the sha256 (hex) of their bytes. */
  added: (campaign: string, sha256: string): string => `${campaign}/added/${sha256}.json`,
  actsFolder: (campaign: string): string => `${campaign}/acts/`,
  act: (campaign: string, sequence: number): string => `${campaign}/acts/${sequence}.json`,
  /** Submissions on one base image whose probes saturated the device, or did not. */
  baseFolder: (campaign: string, base: string, kind: 'saturating' | 'measured'): string =>
    `${campaign}/bases/${base}/${kind}/`,
  leaderboard: (campaign: string): string => `${campaign}/leaderboard.csv`,
  results: (campaign: string): string => `${campaign}/results.json`,
};

/** Task queues; `npm run worker -- --queues` takes these names. */
export const taskQueues = {
  main: 'holdout-main',
  images: 'holdout-images',
  submit: 'holdout-submit',
  await: 'holdout-await',
  score: 'holdout-score',
} as const;
export type TaskQueueName = keyof typeof taskQueues;

/** The value of a claim written by whoever gives a run up, so that no job can run it any more. */
export const abandonedClaim = 'abandoned';
