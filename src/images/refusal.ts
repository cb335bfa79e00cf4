/** Why an image is refused, in words for its team. Carries a refusal up to this room's edge, where it becomes a value. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
}

/** Ends the inspection of an image. */
export function refuse(why: string): never {
  throw new Refusal(why);
}
