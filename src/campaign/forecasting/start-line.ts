/** Teams whose submissions have not started, in order; a team with as many under way as it may have is passed over. */
export class StartLine {
  private next = 0;
  private readonly openOf: Map<number, number>;
  /** By team: submissions that were passed over. */
  private readonly passedOver = new Map<number, number>();
  private readonly released: number[] = [];

  constructor(
    private readonly teams: readonly number[],
    openOf: ReadonlyMap<number, number>,
    private readonly perTeam: number,
  ) {
    this.openOf = new Map(openOf);
  }

  /** The team whose submission starts now, if there is one. */
  start(): number | undefined {
    const released = this.released.pop();
    if (released !== undefined) return released;
    for (; this.next < this.teams.length; this.next += 1) {
      const team = this.teams[this.next] ?? 0;
      const open = this.openOf.get(team) ?? 0;
      if (open < this.perTeam) {
        this.openOf.set(team, open + 1);
        this.next += 1;
        return team;
      }
      this.passedOver.set(team, (this.passedOver.get(team) ?? 0) + 1);
    }
    return undefined;
  }

  /** A submission has ended: its place goes to the next of its team. */
  end(team: number): void {
    const left = this.passedOver.get(team) ?? 0;
    if (left > 0) {
      this.passedOver.set(team, left - 1);
      this.released.push(team);
    } else {
      this.openOf.set(team, (this.openOf.get(team) ?? 0) - 1);
    }
  }
}
