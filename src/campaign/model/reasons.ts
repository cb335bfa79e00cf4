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
/** The states in which a round ends. */
export type FinalState = Extract<SubmissionState, 'finished' | 'failed' | 'cancelled'>;

export const isFinal = (state: SubmissionState): state is FinalState =>
  state === 'finished' || state === 'failed' || state === 'cancelled';

/** Who is responsible for a failure. Platform faults never count against a team. */
export type Party = 'team' | 'platform' | 'operator';

/** Every reason why a run or submission fails, with the responsible party. */
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
