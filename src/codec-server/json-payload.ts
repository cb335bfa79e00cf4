import type { Payload } from '@temporalio/common';

/** A payload as Temporal's HTTP APIs write it: bytes in base64. */
export interface JsonPayload {
  metadata?: Record<string, string>;
  data?: string;
}

export const fromJson = ({ metadata = {}, data }: JsonPayload): Payload => ({
  metadata: Object.fromEntries(Object.entries(metadata).map(([name, value]) => [name, Buffer.from(value, 'base64')])),
  ...(data !== undefined && { data: Buffer.from(data, 'base64') }),
});

export const toJson = ({ metadata, data }: Payload): JsonPayload => ({
  metadata: Object.fromEntries(
    Object.entries(metadata ?? {}).map(([name, value]) => [name, Buffer.from(value).toString('base64')]),
  ),
  ...(data && { data: Buffer.from(data).toString('base64') }),
});

/** The payloads of a request: `{ payloads: […] }`; undefined for anything else. */
export function payloadsIn(value: unknown): JsonPayload[] | undefined {
  if (typeof value !== 'object' || value === null || !('payloads' in value)) return undefined;
  const { payloads } = value;
  return Array.isArray(payloads) && payloads.every(isJsonPayload) ? payloads : undefined;
}

function isJsonPayload(value: unknown): value is JsonPayload {
  if (typeof value !== 'object' || value === null) return false;
  const { metadata = {}, data = '' } = value as { metadata?: unknown; data?: unknown };
  if (typeof data !== 'string' || typeof metadata !== 'object' || metadata === null) return false;
  return Object.values(metadata).every((one) => typeof one === 'string');
}
