import type { Reason } from '../model/reasons.ts';

/** What operators may ask of a campaign, as its messages carry it. */

export interface Attribution {
  by?: string;
  reason?: string;
  /** By which whoever sent it finds its line in the chain of acts. */
  id?: string;
}

export type TeamCommand = Attribution & { team: string };
/** `kill`: runs under way are ended too; their submissions wait and run again later, uncharged. */
export type PauseCommand = Attribution & { kill?: boolean };
export type PauseTeamCommand = TeamCommand & { kill?: boolean };
/** `class`: grant runs on this class again, which a fault of the platform holds, and nothing else. */
export type ResumeCommand = Attribution & { class?: string };
export type ReprioritiseCommand = TeamCommand & {
  /** 1 (first) to 5. */
  priority?: number;
  /** 0.001 to 1000. */
  weight?: number;
};
/** New rounds: the S3 key of an {@link AddedRounds} that was written before, and how many there are. */
export type RoundsCommand = Attribution & { rounds: string; count: number };
/** At least one of the three; `because`: only those whose last run failed for this reason. */
export type CancelCommand = Attribution & { submissions?: string[]; team?: string; because?: Reason };
/** `rest`: what is not done ends for this reason; when it is not said, for what the campaign holds for. */
export type CloseCommand = Attribution & { rest?: RestReason };
export type RestReason = Extract<Reason, 'budget-exhausted' | 'cancelled'>;

export interface OperatorCommands {
  pauseTeam: PauseTeamCommand;
  resumeTeam: TeamCommand;
  reprioritiseTeam: ReprioritiseCommand;
  pauseCampaign: PauseCommand;
  resumeCampaign: ResumeCommand;
  raiseBudget: Attribution & { usd: number };
  setDeadline: Attribution & { deadline: string };
  setSlots: Attribution & { class: string; slots: number };
  addSubmissions: RoundsCommand;
  retry: RoundsCommand;
  rescore: RoundsCommand;
  cancel: CancelCommand;
  close: CloseCommand;
  abort: Attribution;
}
export type CommandName = keyof OperatorCommands;
/** An act with its name, as it is kept and may be repeated on a campaign that lost its state. */
export type OperatorCommand = { [Name in CommandName]: { name: Name; message: OperatorCommands[Name] } }[CommandName];
