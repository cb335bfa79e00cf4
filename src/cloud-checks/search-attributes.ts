import type { Client, Connection } from '@temporalio/client';
import type { SearchAttributeType } from '@temporalio/common';
import { holdoutError } from '../errors.ts';
import { searchAttributes } from '../workflows/search-attributes.ts';

/** The server's numbers of the types that Holdout uses (temporal.api.enums.v1.IndexedValueType), with the CLI's names. */
const types: Partial<Record<SearchAttributeType, { number: number; inCli: string }>> = {
  KEYWORD: { number: 2, inCli: 'Keyword' },
  INT: { number: 3, inCli: 'Int' },
  DOUBLE: { number: 4, inCli: 'Double' },
};

/** `unknown`: this server does not let its attributes be listed, as some managed ones. */
export type SearchAttributes = { kind: 'present' } | { kind: 'unknown'; why: string };

/** Checks that the namespace has the search attributes that workflows set. Throws SEARCH_ATTRIBUTES_MISSING. */
export async function checkSearchAttributes(
  { connection, options }: Client,
  effect?: string,
): Promise<SearchAttributes> {
  const { namespace } = options;
  const { operatorService } = connection as Connection;
  let present: Record<string, number | null>;
  try {
    present = (await operatorService.listSearchAttributes({ namespace })).customAttributes ?? {};
  } catch (error) {
    return { kind: 'unknown', why: error instanceof Error ? error.message : String(error) };
  }
  const absent = Object.values(searchAttributes).filter(({ name, type }) => present[name] !== types[type]?.number);
  if (absent.length === 0) return { kind: 'present' };
  throw holdoutError('SEARCH_ATTRIBUTES_MISSING', {
    namespace,
    attributes: absent.map(({ name }) => name),
    commands: absent.map(
      ({ name, type }) =>
        `temporal operator search-attribute create --namespace ${namespace} --name ${name} --type ${types[type]?.inCli}`,
    ),
    effect,
  });
}
