/** Unstarted submissions by team, in start order; teams at their limit of open submissions are passed over. */
export class TeamQueue {
  private next = 0;
  private readonly openPerTeam: Map<number, number>;
  /** By team: submissions that were passed over. */
  private readonly passedOver = new Map<number, number>();
  private readonly released: number[] = [];

  constructor(
    private readonly teams: readonly number[],
    openPerTeam: ReadonlyMap<number, number>,
    private readonly maxOpenPerTeam: number,
  ) {
    this.openPerTeam = new Map(openPerTeam);
  }

  /** Starts the next submission and returns its team; undefined if none can start. */
  start(): number | undefined {
    const released = this.released.pop();
    if (released !== undefined) return released;
    for (; this.next < this.teams.length; this.next += 1) {
      const team = this.teams[this.next] ?? 0;
      const open = this.openPerTeam.get(team) ?? 0;
      if (open < this.maxOpenPerTeam) {
        this.openPerTeam.set(team, open + 1);
        this.next += 1;
        return team;
      }
      this.passedOver.set(team, (this.passedOver.get(team) ?? 0) + 1);
    }
    return undefined;
  }

  /** Ends a submission; a submission of its team that was passed over may start instead. */
  end(team: number): void {
    const passedOver = this.passedOver.get(team) ?? 0;
    if (passedOver > 0) {
      this.passedOver.set(team, passedOver - 1);
      this.released.push(team);
    } else {
      this.openPerTeam.set(team, (this.openPerTeam.get(team) ?? 0) - 1);
    }
  }
}
