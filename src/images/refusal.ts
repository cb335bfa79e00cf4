/** Why an image is refused, in words for its team. Thrown inside src/images; its public functions return it as a value. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
}

/** Stops the inspection of an image. */
export function refuse(why: string): never {
  throw new Refusal(why);
}
