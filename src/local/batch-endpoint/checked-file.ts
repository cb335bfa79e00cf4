import { readFileSync } from 'node:fs';
import type { z } from 'zod';
import { messageOf, holdoutError } from '../../errors.ts';

/** Reads a JSON file and checks it by a schema; START_UP_FILE_INVALID names every error at once. */
export function readChecked<Schema extends z.ZodType>(file: string, schema: Schema): z.output<Schema> {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw holdoutError('START_UP_FILE_INVALID', { file, faults: [messageOf(error)] }, error);
  }
  const checked = schema.safeParse(content);
  if (checked.success) return checked.data;
  const faults = checked.error.issues.map(({ path, message }) => `${path.join('.') || 'the file'}: ${message}`);
  throw holdoutError('START_UP_FILE_INVALID', { file, faults });
}
