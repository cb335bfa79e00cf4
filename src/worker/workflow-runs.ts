/** The newest runs of workflows that this process remembers: more than it can have open. */
const most = 10_000;

/** Which workflow a run of Temporal's belongs to, as far as this process has worked for it. */
export class WorkflowRuns {
  private readonly workflows = new Map<string, string>();

  /** The run worked just now. */
  note({ runId, workflowId }: { runId: string; workflowId: string }): void {
    this.workflows.delete(runId);
    this.workflows.set(runId, workflowId);
    const [oldest] = this.workflows.keys();
    if (this.workflows.size > most && oldest !== undefined) this.workflows.delete(oldest);
  }

  workflowOf(runId: unknown): string | undefined {
    return typeof runId === 'string' ? this.workflows.get(runId) : undefined;
  }
}
