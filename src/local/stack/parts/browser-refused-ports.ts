/**
 * Ports to which no browser sends HTTP, whatever name a page gives to this machine: the "bad ports" of the Fetch standard
 * (https://fetch.spec.whatwg.org/#port-blocking). Without those on which hosts often have a server, those that a policy of Chrome's
 * can open (554, 989, 990, 6566, 10080), those that Chromium 156 opens (4190, 6679), and 1, on which programs and tests expect
 * nothing to listen. Privileged ones are usable, because the embedded stack runs as root.
 */
export const browserRefusedPorts: readonly number[] = (
  '7 9 11 13 15 17 19 20 37 42 43 77 79 87 95 101 102 103 104 109 113 115 117 119 427 512 513 514 526 530 531 532 540 556 ' +
  '563 601 1719 1720 1723 3659 4045 5060 5061 6665 6666 6667 6668 6669 6697'
)
  .split(' ')
  .map(Number);
