import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { campaignWorkflowId, taskQueues, type TaskQueueName } from '../../../src/ids.ts';
import { eventually } from '../../support/eventually.ts';
import { addSearchAttributes, makeNamespace } from '../../support/servers/make-namespace.ts';
import { startTemporalServer, type TemporalServer } from '../../support/servers/temporal-server.ts';
import { unpolledBy } from '../../../src/cloud-checks/pollers.ts';

/** A real Temporal server with namespaces that each lack one thing. */
export class TemporalNamespaces {
  private readonly stopped = new AbortController();
  private readonly polls: Promise<void>[] = [];

  private constructor(
    private readonly server: TemporalServer,
    private readonly connection: Connection,
  ) {}

  get address(): string {
    return this.server.address;
  }

  static async open(): Promise<TemporalNamespaces> {
    const server = await startTemporalServer();
    const connection = await Connection.connect({ address: server.address });
    const made = new TemporalNamespaces(server, connection);
    // One listener for each queue of each namespace.
    setMaxListeners(0, made.stopped.signal);
    return made;
  }

  /** A namespace in which these queues are polled, as workers do. */
  async make(namespace: string, queues: TaskQueueName[], { attributes = true } = {}): Promise<void> {
    await makeNamespace(this.connection, namespace);
    if (attributes) await addSearchAttributes(this.connection, namespace);
    const client = new Client({ connection: this.connection, namespace });
    this.polls.push(...queues.map((queue) => this.poll(client, queue)));
    await eventually('the queues are polled', async () => {
      const unpolled = await unpolledBy(client);
      return queues.every((queue) => !unpolled.includes(queue));
    });
  }

  /** Starts the workflow of a campaign, which only waits if its namespace has no worker. */
  async startCampaign(namespace: string, campaign: string): Promise<void> {
    const client = new Client({ connection: this.connection, namespace });
    await client.workflow.start('campaign', { taskQueue: taskQueues.main, workflowId: campaignWorkflowId(campaign) });
  }

  async close(): Promise<void> {
    this.stopped.abort();
    await Promise.all(this.polls);
    await this.connection.close();
    await this.server.stop();
  }

  /** Asks for tasks of a queue until the end. */
  private async poll({ options: { namespace } }: Client, queue: TaskQueueName): Promise<void> {
    const { workflowService } = this.connection;
    const request = { namespace, taskQueue: { name: taskQueues[queue] }, identity: 'test' };
    while (!this.stopped.signal.aborted) {
      try {
        await this.connection.withDeadline(Date.now() + 60_000, () =>
          this.connection.withAbortSignal(this.stopped.signal, async () => {
            if (queue === 'main') await workflowService.pollWorkflowTaskQueue(request);
            else await workflowService.pollActivityTaskQueue(request);
          }),
        );
      } catch {
        // The namespace may be new to this part of the server, or the server is ending.
        await sleep(100);
      }
    }
  }
}
