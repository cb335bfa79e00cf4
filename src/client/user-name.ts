import { userInfo } from 'node:os';

/** Who gives a command, for the record. In a container the uid may have no name. */
export function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid ${process.getuid?.() ?? 'unknown'}`;
  }
}
