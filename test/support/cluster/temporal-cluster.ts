import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Connection } from '@temporalio/client';
import { toxics } from '../chaos/inject.ts';
import { Toxiproxy } from '../chaos/toxiproxy.ts';
import { freePorts } from '../servers/free-port.ts';
import { addSearchAttributes, makeNamespace } from '../servers/make-namespace.ts';
import { Daemon } from './daemon.ts';
import { Postgres } from './postgres.ts';
import { portsNeeded, writeTemporalConfig } from './temporal-config.ts';
import { makeTemporalDatabases } from './temporal-databases.ts';
import { temporalPrograms } from './temporal-programs.ts';

/**
 * A Temporal server over PostgreSQL, both of which can be ended and started again, and cut from each other, with a namespace as Holdout
 * needs it.
 */
export class TemporalCluster {
  readonly namespace = 'holdout';

  private constructor(
    readonly address: string,
    readonly postgres: Postgres,
    private readonly toxiproxy: Toxiproxy,
    private readonly server: Daemon,
    private readonly folder: string,
  ) {}

  /** Builds the server first if necessary. Throws `ProgramsUnavailable`. */
  static async start(): Promise<TemporalCluster> {
    const programs = await temporalPrograms((line) => process.stderr.write(`holdout: ${line}\n`));
    const postgres = await Postgres.start();
    const folder = mkdtempSync(join(tmpdir(), 'holdout-cluster-'));
    const port = await freePorts(portsNeeded);
    const toxiproxy = await Toxiproxy.start();
    const database = { ...postgres.address, port: await toxiproxy.open('database', postgres.address.port) };
    const flags = writeTemporalConfig(folder, port, database);
    const server = new Daemon([programs.server, ...flags, 'start'], { env: { PATH: process.env['PATH'] } });
    const cluster = new TemporalCluster(`127.0.0.1:${port}`, postgres, toxiproxy, server, folder);
    try {
      await makeTemporalDatabases(programs.sql, postgres.address);
      await cluster.resume();
      await cluster.prepareNamespace();
    } catch (error) {
      await cluster.stop();
      throw error;
    }
    return cluster;
  }

  /** The pid of Temporal's server. */
  get pid(): number {
    return this.server.pid;
  }

  /** Ends Temporal's server alone. */
  end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    return this.server.end(signal);
  }

  /** Starts Temporal's server again on the same port; it answers from its database when this returns. */
  resume(): Promise<void> {
    return this.server.start(() => this.answers());
  }

  /** Cuts Temporal's server from its database: connections break and none is accepted, or they stay open and are silent. */
  async separate(how: 'cut' | 'silent'): Promise<void> {
    await (how === 'cut'
      ? this.toxiproxy.enable('database', false)
      : this.toxiproxy.poison('database', toxics['black-hole']));
  }

  /** Ends what {@link separate} began. */
  rejoin(): Promise<void> {
    return this.toxiproxy.reset();
  }

  /** Whether Temporal answers from its database. */
  async answers(): Promise<boolean> {
    try {
      await this.connected((connection) => {
        const count = () => connection.workflowService.countWorkflowExecutions({ namespace: 'temporal-system' });
        return connection.withDeadline(Date.now() + 5_000, count);
      });
      return true;
    } catch {
      return false;
    }
  }

  /** Ends both servers and removes their data. */
  async stop(): Promise<void> {
    await this.server.end('SIGKILL');
    await this.toxiproxy.stop();
    await this.postgres.remove();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private prepareNamespace(): Promise<void> {
    return this.connected(async (connection) => {
      await makeNamespace(connection, this.namespace);
      await addSearchAttributes(connection, this.namespace);
    });
  }

  private async connected<Result>(work: (connection: Connection) => Promise<Result>): Promise<Result> {
    const connection = await Connection.connect({ address: this.address, connectTimeout: 1_000 });
    try {
      return await work(connection);
    } finally {
      await connection.close();
    }
  }
}
