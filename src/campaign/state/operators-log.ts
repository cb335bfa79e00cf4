/**
 * A line of the operators' log; `reason` is the operator's note, `refused` says why nothing changed. `shown` is `act` with
 * pseudonyms, for the Web UI.
 */
export interface OperatorLogLine {
  at: string;
  act: string;
  shown?: string;
  by: string;
  reason?: string;
  id?: string;
  refused?: string;
}

/** Lines of the operators' log that a campaign keeps; the ledger has all of them. */
export const logLines = 50;
