/** The closed lists of states and reasons. Pure. */

export const submissionStates = [
  'queued',
  'preparing',
  'probing',
  'waiting',
  'running',
  'scoring',
  'finished',
  'failed',
  'cancelled',
] as const;
export type SubmissionState = (typeof submissionStates)[number];
export type FinalState = Extract<SubmissionState, 'finished' | 'failed' | 'cancelled'>;

export const isFinal = (state: SubmissionState): state is FinalState =>
  state === 'finished' || state === 'failed' || state === 'cancelled';

/** Whose doing an end was. A platform's fault never counts against a team. */
export type Party = 'team' | 'platform' | 'operator';

/** Why a run or a submission ended otherwise than well, and whose fault that is. */
export const responsibleParties = {
  'gpu-out-of-memory': 'team',
  'host-out-of-memory': 'team',
  'time-limit': 'team',
  'submission-error': 'team',
  'output-missing': 'team',
  'output-invalid': 'team',
  'image-refused': 'team',
  'spot-reclaimed': 'platform',
  unplaceable: 'platform',
  'platform-error': 'platform',
  'budget-exhausted': 'operator',
  cancelled: 'operator',
} as const satisfies Record<string, Party>;
export type Reason = keyof typeof responsibleParties;

export const responsibleParty = (reason: Reason): Party => responsibleParties[reason];
