import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { PostgresAddress } from './postgres.ts';
import { databases } from './temporal-config.ts';

/** Makes the two databases of a cluster with Temporal's own tool, in which their schemas are. */
export async function makeTemporalDatabases(sql: string, { port, user, password }: PostgresAddress): Promise<void> {
  const server = ['--plugin', 'postgres12', '--endpoint', '127.0.0.1', '--port', String(port), '--user', user];
  const call = async (database: string, ...command: string[]): Promise<void> => {
    const env = { PATH: process.env['PATH'], SQL_PASSWORD: password };
    await promisify(execFile)(sql, [...server, '--database', database, ...command], { env });
  };
  for (const [database, schema] of [
    [databases.state, 'temporal'],
    [databases.visibility, 'visibility'],
  ] as const) {
    await call(database, 'create-database');
    await call(database, 'setup-schema', '--version', '0.0');
    await call(database, 'update-schema', '--schema-name', `postgresql/v12/${schema}`);
  }
}
