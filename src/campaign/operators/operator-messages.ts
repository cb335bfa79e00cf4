import type { Reason } from '../model/reasons.ts';

/** What operators may ask of a campaign, as its messages carry it. */

export interface Signature {
  by?: string;
  reason?: string;
  /** By which whoever sent it finds its line in the chain of acts. */
  id?: string;
}

export type TeamAct = Signature & { team: string };
/** `kill`: runs under way are ended too; their submissions wait and run again later, uncharged. */
export type PauseAct = Signature & { kill?: boolean };
export type PauseTeamAct = TeamAct & { kill?: boolean };
/** `class`: grant runs on this class again, which a fault of the platform holds, and nothing else. */
export type ResumeAct = Signature & { class?: string };
export type ReprioritiseAct = TeamAct & {
  /** 1 (first) to 5. */
  priority?: number;
  /** 0.001 to 1000. */
  weight?: number;
};
/** New rounds: the S3 key of an {@link AddedRounds} that was written before, and how many there are. */
export type RoundsAct = Signature & { rounds: string; count: number };
/** At least one of the three; `because`: only those whose last run failed for this reason. */
export type CancelAct = Signature & { submissions?: string[]; team?: string; because?: Reason };
/** `rest`: what is not done ends for this reason; when it is not said, for what the campaign holds for. */
export type CloseAct = Signature & { rest?: Rest };
export type Rest = Extract<Reason, 'budget-exhausted' | 'cancelled'>;

export interface OperatorActs {
  pauseTeam: PauseTeamAct;
  resumeTeam: TeamAct;
  reprioritiseTeam: ReprioritiseAct;
  pauseCampaign: PauseAct;
  resumeCampaign: ResumeAct;
  raiseBudget: Signature & { usd: number };
  setDeadline: Signature & { deadline: string };
  setSlots: Signature & { class: string; slots: number };
  addSubmissions: RoundsAct;
  retry: RoundsAct;
  rescore: RoundsAct;
  cancel: CancelAct;
  close: CloseAct;
  abort: Signature;
}
export type ActName = keyof OperatorActs;
/** An act with its name, as it is kept and may be repeated on a campaign that lost its state. */
export type OperatorAct = { [Name in ActName]: { name: Name; message: OperatorActs[Name] } }[ActName];
