/** At most this many stuck submissions are listed with their cause and give back their preparing place. */
export const mostStuck = 50;
