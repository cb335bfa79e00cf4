import type { z } from 'zod';
import { refusal } from '../aws-error.ts';

/** Parses a request; throws a ClientException that names every invalid field. */
export function parseRequest<Schema extends z.ZodType>(schema: Schema, request: unknown): z.output<Schema> {
  const result = schema.safeParse(request ?? {});
  if (result.success) return result.data;
  const errors = result.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`.trim());
  throw refusal(errors.join('; '));
}
