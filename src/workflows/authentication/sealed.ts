/** The part of a workflow's input that tells whether its payloads are sealed; workflows from before lack it. */
export interface SealedInput {
  sealed?: true;
}

let sealed = false;

/** Each workflow has an instance of this module of its own. */
export function setSealed(input: unknown): void {
  sealed = typeof input === 'object' && input !== null && 'sealed' in input && input.sealed === true;
}

/** Whether everything that this workflow receives has to be authenticated. */
export const isThisSealed = (): boolean => sealed;

/** For the input of a workflow that this one starts or continues as. */
export const sealedAsThis = (): SealedInput => (sealed ? { sealed } : {});
