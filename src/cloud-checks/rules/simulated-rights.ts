/** One decision of IAM's policy simulator, as SimulatePrincipalPolicy returns it. */
export interface SimulatedDecision {
  EvalActionName?: string | undefined;
  EvalResourceName?: string | undefined;
  EvalDecision?: string | undefined;
  /** Values that the policies ask for and the simulation did not have. */
  MissingContextValues?: string[] | undefined;
}

/** What the decisions say about a role. `open`: rights that depend on a value of the real call. */
export interface SimulatedRights {
  allowed: number;
  lacking: string[];
  open: string[];
}

/** Sums decisions up. A denial for want of a value that the real call has is no denial. */
export function simulatedRights(decisions: readonly SimulatedDecision[]): SimulatedRights {
  const rights: SimulatedRights = { allowed: 0, lacking: [], open: [] };
  for (const { EvalActionName = '?', EvalResourceName = '*', EvalDecision, MissingContextValues = [] } of decisions) {
    const right = `${EvalActionName} on ${EvalResourceName}`;
    if (EvalDecision === 'allowed') rights.allowed += 1;
    else if (EvalDecision === 'implicitDeny' && MissingContextValues.length > 0) rights.open.push(right);
    else rights.lacking.push(right);
  }
  return rights;
}
