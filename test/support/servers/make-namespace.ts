import { Client, type Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time.js';
import { checkSearchAttributes } from '../../../src/cloud-checks/search-attributes.ts';
import { searchAttributes } from '../../../src/workflows/search-attributes.ts';
import { eventually } from '../eventually.ts';

/** The server's numbers of these types (temporal.api.enums.v1.IndexedValueType). */
const numbers = { KEYWORD: 2, INT: 3, DOUBLE: 4 } as const;

/** Makes a namespace with the retention that Holdout wants; parts of the server may see it only later. */
export async function makeNamespace({ workflowService }: Connection, namespace: string): Promise<void> {
  await workflowService.registerNamespace({ namespace, workflowExecutionRetentionPeriod: msToTs('60 days') });
}

/** Gives a namespace Holdout's search attributes and waits until lists can be filtered by them. */
export async function addSearchAttributes(connection: Connection, namespace: string): Promise<void> {
  const client = new Client({ connection, namespace });
  const types = Object.values(searchAttributes).map(({ name, type }) => [name, numbers[type]] as const);
  const request = { namespace, searchAttributes: Object.fromEntries(types) };
  await eventually('the namespace takes search attributes', async () => {
    await connection.operatorService.addSearchAttributes(request);
    return true;
  });
  await eventually('it has them', async () => (await checkSearchAttributes(client)).kind === 'present');
  // The frontend refuses an attribute that it does not know yet.
  await eventually('lists know them', async () => {
    for (const [name] of types) await client.workflow.count(`${name} IS NULL`);
    return true;
  });
}
