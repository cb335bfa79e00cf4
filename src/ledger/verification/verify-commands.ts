import { resultObjects } from '../../object-keys.ts';
import { misplacedCommand } from '../chain-rules.ts';
import type { CommandChain } from '../command-log.ts';
import type { ChainedCommand } from '../command-log.ts';
import type { CheckedObjects } from './object-bytes.ts';

/** The operators' commands, of which `count` are there. */
export async function verifyCommands(
  objects: CheckedObjects,
  bucket: string,
  campaign: string,
  count: number,
): Promise<CommandChain> {
  const chain: CommandChain = { commands: [], digests: [] };
  for (let sequence = 1; sequence <= count; sequence += 1) {
    const key = resultObjects.act(campaign, sequence);
    const found = await objects.readJson<ChainedCommand>(bucket, key);
    if (found === undefined) break;
    const fault = misplacedCommand(found.value, { sequence, predecessor: chain.digests.at(-1) ?? null });
    if (fault === undefined) chain.commands.push(found.value);
    else objects.findings.fault(bucket, key, fault);
    chain.digests.push(found.digest);
  }
  return chain;
}
