/** What ECR says of an image's scan; `absent`: it knows of none. Names and states are those of DescribeImageScanFindings. */
export type ScanRecord =
  | { kind: 'absent' }
  | { kind: 'present'; status: string; description: string; counts: Readonly<Record<string, number>> };

/**
 * `findings`: `text` for an operator, `critical` counted; `unsupported`: ECR can never scan this image; `pending`: asking
 * again may help; `failed`: it does not.
 */
export type ScanResult =
  | { kind: 'findings'; critical: number; text: string }
  | { kind: 'unsupported'; text: string }
  | { kind: 'pending' }
  | { kind: 'failed'; why: string };

const severities = ['CRITICAL', 'HIGH', 'MEDIUM', 'LOW', 'INFORMATIONAL', 'UNDEFINED'];

/** Reads a record. A scan on push begins some seconds after the push, so an absent one is pending. */
export function scanResult(record: ScanRecord): ScanResult {
  if (record.kind === 'absent') return { kind: 'pending' };
  const { status, description, counts } = record;
  switch (status) {
    case 'IN_PROGRESS':
    case 'PENDING':
      return { kind: 'pending' };
    // ACTIVE: enhanced scanning, which continues for ever.
    case 'COMPLETE':
    case 'ACTIVE':
      return { kind: 'findings', critical: counts['CRITICAL'] ?? 0, text: countsText(counts) };
    case 'UNSUPPORTED_IMAGE':
      return unsupported;
    default:
      // Basic scanning says so in words: "UnsupportedImageError: The operating system and/or package manager are not supported."
      if (description.startsWith('UnsupportedImageError')) return unsupported;
      return { kind: 'failed', why: `its scan ended as ${[status, description].filter(Boolean).join(': ')}` };
  }
}

const unsupported: ScanResult = { kind: 'unsupported', text: 'ECR cannot scan its operating system' };

function countsText(counts: Readonly<Record<string, number>>): string {
  const parts = severities.flatMap((name) => (counts[name] ? [`${counts[name]} ${name.toLowerCase()}`] : []));
  return parts.length === 0 ? 'no findings' : parts.join(', ');
}
