/** The keys of Holdout's objects in S3. */

/** Objects of a run in the runs bucket. */
export const runObjects = {
  spec: (runKey: string): string => `${runKey}/spec.json`,
  claim: (runKey: string): string => `${runKey}/claim`,
  outcome: (runKey: string): string => `${runKey}/outcome.json`,
  /** The runner's error, if there is no outcome. */
  trouble: (runKey: string): string => `${runKey}/trouble.json`,
  predictions: (runKey: string): string => `${runKey}/predictions.csv`,
  log: (runKey: string): string => `${runKey}/stdout.log`,
};

/** A campaign's labels in the labels bucket, under the sha256 (hex) of their bytes. */
export const labelsKey = (campaign: string, sha256: string): string => `${campaign}/labels/${sha256}.csv`;

/** Objects of a campaign in the results bucket. */
export const resultObjects = {
  campaign: (campaign: string): string => `${campaign}/campaign.json`,
  manifest: (campaign: string): string => `${campaign}/manifest.json`,
  ledgerFolder: (campaign: string): string => `${campaign}/ledger/`,
  ledger: (campaign: string, submission: string, sequence: number): string =>
    `${campaign}/ledger/${submission}/${sequence}.json`,
  /** Later rounds have their own key, so that a rescore does not collide with the first score of the same run. */
  score: (campaign: string, submission: string, n: number, sequence: number): string =>
    `${campaign}/scores/${submission}/${sequence === 1 ? n : `${n}-${sequence}`}.json`,
  workFolder: (campaign: string): string => `${campaign}/work/`,
  /** A work list, under the sha256 (hex) of its bytes. */
  work: (campaign: string, sha256: string): string => `${campaign}/work/${sha256}.json`,
  addedFolder: (campaign: string): string => `${campaign}/added/`,
  /** Rounds that an operator adds, under the sha256 (hex) of their bytes. */
  added: (campaign: string, sha256: string): string => `${campaign}/added/${sha256}.json`,
  actsFolder: (campaign: string): string => `${campaign}/acts/`,
  act: (campaign: string, sequence: number): string => `${campaign}/acts/${sequence}.json`,
  basesFolder: (campaign: string): string => `${campaign}/bases/`,
  /** Submissions on one base image whose probes filled the GPU, or did not. */
  baseFolder: (campaign: string, base: string, kind: 'saturating' | 'measured'): string =>
    `${campaign}/bases/${base}/${kind}/`,
  canaryFolder: (campaign: string): string => `${campaign}/canaries/`,
  canary: (campaign: string, className: string, n: number): string => `${campaign}/canaries/${className}/${n}.json`,
  scansFolder: (campaign: string): string => `${campaign}/scans/`,
  /**
   * What the host's scanner printed about the image with this manifest digest, `sha256:…`. May contain names from the image.
   * `output`: sha256 of what the scanner printed; a later scan of the same image may find something else.
   */
  imageScan: (campaign: string, submission: string, digest: string, output: string): string =>
    `${campaign}/scans/${submission}/${digest.slice('sha256:'.length)}-${output}.txt`,
  unsealingsFolder: (campaign: string): string => `${campaign}/unsealings/`,
  /** Who opened a sealed output or log, and why. */
  unsealing: (campaign: string, sequence: number): string => `${campaign}/unsealings/${sequence}.json`,
  receiptsFolder: (campaign: string): string => `${campaign}/receipts/`,
  /** An empty object that names an unsealing and the sha256 (hex) of its bytes: ledger/chains/receipts.ts. */
  receipt: (campaign: string, sequence: number, digest: string): string => `${campaign}/receipts/${sequence}-${digest}`,
  /** The digests of the newest records, written with every publication: ledger/heads.ts. */
  heads: (campaign: string): string => `${campaign}/heads.json`,
  leaderboard: (campaign: string): string => `${campaign}/leaderboard.csv`,
  results: (campaign: string): string => `${campaign}/results.json`,
};

/** An object per sealed campaign in the results bucket, with its recipient, by which a scorer finds the keys that it needs. */
export const sealedCampaignObjects = {
  folder: '.sealed/',
  key: (campaign: string): string => `.sealed/${campaign}`,
  campaignOf: (key: string): string => key.slice(key.lastIndexOf('/') + 1),
};

/** Objects about the codec's keys in the results bucket; no campaign's name begins with a dot. */
export const codecKeyObjects = {
  folder: (namespace: string): string => `.codec-keys/${namespace}/`,
  key: (namespace: string, id: string): string => `.codec-keys/${namespace}/${id}`,
  idOf: (key: string): string => key.slice(key.lastIndexOf('/') + 1),
};
