import { dollars } from '../model/money.ts';
import type { Breach, LeftBreach, LostBreach, PaidBreach, StateBreach } from './breach.ts';

/** One line about a breach: what is broken, where, and by what evidence. */
export function breachText(breach: Breach): string {
  if (breach.kind === 'object') return `s3://${breach.bucket}/${breach.key}: ${breach.what}`;
  switch (breach.invariant) {
    case 'I1':
      return lostText(breach);
    case 'I2':
      return `round ${breach.sequence} of ${breach.submission}: ${stateText(breach)}`;
    case 'I3':
      return paidText(breach);
    case 'I4':
      return leftText(breach);
  }
}

const stateText = (breach: StateBreach): string =>
  breach.kind === 'no-final-state'
    ? `the record says ${breach.state} with ${breach.reason === null ? 'no reason' : `the reason ${breach.reason}`}`
    : `the record says ${breach.recorded}, ${breach.workflow} says ${breach.outcome}`;

function lostText(breach: LostBreach): string {
  switch (breach.kind) {
    case 'round-lost':
      return `round ${breach.sequence} of ${breach.submission} has no record, and no workflow works on it`;
    case 'record-lost':
      return `${breach.workflow} has completed, and there is no record of ${breach.submission === null ? 'it' : `round ${breach.sequence}`}`;
    case 'rounds-forgotten':
      return `${breach.open} rounds have no record, and the campaign's workflow knows of ${breach.counted} open ones`;
    case 'not-published':
      return `${breach.submission}: ${breach.records} records, of which the last publication has ${breach.published}`;
  }
}

function paidText(breach: PaidBreach): string {
  switch (breach.kind) {
    case 'worked-without-claim':
      return `${breach.run}: job ${breach.job} worked without the claim, which ${holder(breach.holder)} has`;
    case 'claim-of-stranger':
      return `${breach.run}: job ${breach.job} has the claim; Batch knows ${breach.jobs.join(', ')}`;
    case 'outcome-of-other':
      return `${breach.run}: job ${breach.job} wrote the outcome, and ${holder(breach.holder)} has the claim`;
    case 'seconds-differ':
      return `${breach.run}: the ledger has ${breach.recorded} s, Batch billed ${breach.billed} s for ${breach.jobs.join(', ')}`;
    case 'job-of-other-run':
      return `${breach.run}: the ledger names job ${breach.job}, which is one of ${breach.other}`;
    case 'job-booked-twice':
      return `job ${breach.job} is booked for ${breach.runs.join(' and ')}`;
    case 'run-booked-twice':
      return `${breach.run} is in records ${breach.records.join(' and ')}`;
    case 'retry-without-reason':
      return `${breach.run} repeats ${breach.first}, which succeeded`;
    case 'spent-differs':
      return (
        `the campaign has spent ${dollars(breach.spent)}, and the ledger has ${dollars(breach.recorded)}: ` +
        `a difference of ${breach.spent - breach.recorded} micro-dollars`
      );
  }
}

const holder = (job: string | null): string => (job === null ? 'nobody' : `job ${job}`);

function leftText(breach: LeftBreach): string {
  switch (breach.kind) {
    case 'job-left':
      return `${breach.run}: job ${breach.job} has not ended`;
    case 'workflow-left':
      return `${breach.workflow} still runs`;
    case 'unpaid-job':
      return `${breach.run}: job ${breach.job} is not in the ledger; Batch billed ${breach.billed} s`;
    case 'remains':
      return `job ${breach.job} has ended, and its ${breach.remains} is still there: ${breach.what}`;
  }
}
