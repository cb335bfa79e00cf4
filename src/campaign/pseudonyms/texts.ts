import { responsibleParties, submissionStates } from '../model/reasons.ts';

/** What is replaced in texts. */
export interface NamesInTexts {
  campaign: string;
  /** Pseudonyms by the ids of teams and submissions. */
  ids: ReadonlyMap<string, string>;
  /** Pseudonyms by the full names of teams. */
  fullNames: ReadonlyMap<string, string>;
  /** Names of Holdout's own, such as those of classes: they stay, even if a team is called so. */
  ownWords: ReadonlySet<string>;
}

/** Shorter ids are replaced only after a sign that an id follows, and so are shorter words of letters alone. */
const [leastId, leastWord] = [3, 6];

const reasonsAndStates: ReadonlySet<string> = new Set([...Object.keys(responsibleParties), ...submissionStates]);

/** Ends a text after which an id stands. */
const beforeId = /(?:=|["'“‘[,]|\bteam |\bsubmission )$/;

const isIdLike = (word: string): boolean => /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(word);
const isFound = (id: string): boolean => id.length >= (/^[a-z]+$/i.test(id) ? leastWord : leastId) && /[a-z]/i.test(id);

/** Replaces names of teams and submissions in texts, as parts of names of files too: `images/big-model.tar`. */
export class TextPseudonyms {
  /** By lower case: ids are unique whatever their case, and registries write them so. */
  private readonly ids = new Map<string, string>();
  private readonly phrases = new Map<string, string>();
  private readonly anyPhrase: RegExp | undefined;

  constructor(private readonly names: NamesInTexts) {
    for (const [name, pseudonym] of names.fullNames) (isIdLike(name) ? this.ids : this.phrases).set(name, pseudonym);
    const phrases = [...this.phrases.keys()]
      .filter((name) => name.length >= leastId)
      .sort((a, b) => b.length - a.length);
    if (phrases.length > 0) this.anyPhrase = new RegExp(phrases.map(escaped).join('|'), 'gu');
    for (const [id, pseudonym] of [...this.ids, ...names.ids]) this.ids.set(id.toLowerCase(), pseudonym);
  }

  replacedIn(text: string): string {
    const named = this.anyPhrase ? text.replaceAll(this.anyPhrase, (name) => this.phrases.get(name) ?? name) : text;
    return named.replaceAll(/[A-Za-z0-9][A-Za-z0-9._-]*/g, (word, at: number) =>
      this.inWord(word, named.slice(Math.max(0, at - 64), at)),
    );
  }

  private inWord(word: string, before: string): string {
    if (this.names.ownWords.has(word) || reasonsAndStates.has(word)) return word;
    const whole = this.ids.get(word.toLowerCase());
    if (whole !== undefined && (isFound(word) || this.isExpected(before))) return whole;
    return this.inParts(word.split(/([._-]+)/));
  }

  /** After `team=`, in a list, and in keys and run keys, `<campaign>/<submission>/<n>`. */
  private isExpected(before: string): boolean {
    return beforeId.test(before.slice(-12)) || before.endsWith(`${this.names.campaign}/`);
  }

  /** `parts`: words and separators in turn. The longest id among them is replaced, then those before and after it. */
  private inParts(parts: string[]): string {
    for (let length = parts.length; length > 0; length -= 1) {
      for (let from = 0; from + length <= parts.length; from += 1) {
        const id = parts.slice(from, from + length).join('');
        const pseudonym = isFound(id) ? this.ids.get(id.toLowerCase()) : undefined;
        if (pseudonym === undefined) continue;
        return this.inParts(parts.slice(0, from)) + pseudonym + this.inParts(parts.slice(from + length));
      }
    }
    return parts.join('');
  }
}

const escaped = (name: string): string => name.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
