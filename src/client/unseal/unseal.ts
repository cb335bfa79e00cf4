import { createWriteStream, existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { holdoutError } from '../../errors.ts';
import { appendUnsealing } from '../../ledger/chains/unsealings.ts';
import { openStream } from '../../sealing/age.ts';
import type { Access } from '../access.ts';
import { namesOf } from '../pseudonyms/names-of-campaign.ts';
import { frozenCampaign } from '../operator/campaign-from-s3.ts';
import type { Output } from '../output.ts';
import { rowOf } from '../status/submission-overview.ts';
import { userName } from '../user-name.ts';
import { findSealedObject, type PartName } from './sealed-object.ts';

interface UnsealOrder extends PartName {
  reason: string;
  /** A new file; undefined: the terminal. */
  to: string | undefined;
}

/** Bytes that are shown on a terminal; a log is never longer. */
const shownBytes = 2 ** 20 + 1024;

/**
 * Opens a log or an output. Everything that can fail is checked first; then the act is recorded, and then the bytes are shown.
 * Throws SEAL_KEY_MISSING, NOTHING_TO_UNSEAL, RECORD_CHANGED.
 */
export async function unseal(access: Access, order: UnsealOrder, output: Output): Promise<void> {
  const { campaign, part, reason, to } = order;
  const frozen = await frozenCampaign(access, campaign);
  const names = await namesOf(access, campaign);
  const { submission } = await rowOf(access, campaign, order.submission, names);
  const identity = await access.sealKeys.identityOf(frozen);
  if (to !== undefined && existsSync(to)) throw holdoutError('USAGE', { message: `--to: ${to} exists already.` });
  const { n, key } = await findSealedObject(access, { ...order, submission });
  const unsealing = { submission, n, part, at: new Date().toISOString(), by: userName(), reason };
  await appendUnsealing(access.results, campaign, unsealing);
  output.say(`recorded: ${part} of ${names.submission(submission)}, run ${n}, unsealed by ${unsealing.by}`);
  const { runs: bucket } = access.buckets;
  const stored = await access.store.stream(bucket, key);
  const plain = identity === undefined ? stored : openStream({ identity, sealed: stored, bucket, key });
  if (to === undefined) await show(plain, output);
  else await writeNew(plain, to);
}

async function writeNew(plain: Readable, to: string): Promise<void> {
  const file = createWriteStream(to, { flags: 'wx', mode: 0o600 });
  try {
    await pipeline(plain, file);
  } catch (error) {
    // A part of it says nothing.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') await rm(to, { force: true });
    throw error;
  }
}

/** Shows the first {@link shownBytes}, with what would control the terminal made visible. */
async function show(plain: Readable, output: Output): Promise<void> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of plain as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > shownBytes) break;
  }
  const text = Buffer.concat(chunks).subarray(0, shownBytes).toString('utf8');
  output.result(text.replace(/\n$/, ''));
  if (bytes > shownBytes) output.say(`only the first ${shownBytes} bytes; --to FILE writes all`);
}
