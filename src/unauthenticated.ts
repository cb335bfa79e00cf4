/**
 * Why a payload is not authenticated: it is not sealed, its key is unknown, its bytes were changed, or it was sealed for another
 * workflow or activity. `missing`: there is no payload at all.
 */
export const refusalReasons = ['plain', 'unknown-key', 'altered', 'moved', 'missing'] as const;
export type RefusalReason = (typeof refusalReasons)[number];

/** What the codec puts in the place of a payload that is not authenticated; only the codec makes it. */
export interface Unauthenticated {
  holdoutUnauthenticated: RefusalReason;
}

export const unauthenticated = (reason: RefusalReason): Unauthenticated => ({ holdoutUnauthenticated: reason });

/** Why a decoded value is not authenticated; undefined if it is, or if payloads are not sealed. */
export function unauthenticatedBecause(value: unknown): RefusalReason | undefined {
  if (typeof value !== 'object' || value === null || !('holdoutUnauthenticated' in value)) return undefined;
  return refusalReasons.find((reason) => reason === value.holdoutUnauthenticated) ?? 'altered';
}

/** A reason in words, for people. */
export const unauthenticatedText: Record<RefusalReason, string> = {
  plain: 'it is not sealed with a codec key',
  'unknown-key': 'it is sealed with an unknown key',
  altered: 'its bytes were changed',
  moved: 'it was sealed for another workflow or step',
  missing: 'it has no sealed content',
};
