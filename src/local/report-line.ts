/** Reports one line to the user; the command line writes it to stderr. */
export type ReportLine = (line: string) => void;

/** Reports what is being done and, every 15 s, how long it has taken so far. */
export async function reportWhile<T>(report: ReportLine, what: string, work: () => Promise<T>): Promise<T> {
  report(`${what} …`);
  const started = Date.now();
  const ticks = setInterval(() => report(`${what} … ${elapsed(Date.now() - started)}`), 15_000);
  try {
    return await work();
  } finally {
    clearInterval(ticks);
  }
}

/** `45 s`, `2 min 30 s`. */
function elapsed(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
