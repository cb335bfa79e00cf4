/** Brings dist/ up to date: true when it was built, false when it was fresh. */
export function build(): Promise<boolean>;
