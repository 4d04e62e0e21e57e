/**
 * What a path says of which one of several like things its page is about: year, version, language, whom or what it is
 * for, and which of two opposites. Two paths that answer such a question differently are different pages, however alike
 * their letters are.
 */
export interface PathMarks {
  /** Numbers of the folders, in their order; those of a date apart. */
  numbers: readonly string[];
  /** Folders that name a version: `v2`, `2.1`. */
  version: string;
  /** `2014`, `2014/04` or `2014/04/21`, where folders are a date. */
  date: string;
  /** Folders that are two letters or a locale, a subdomain of this kind, the language at the end of a slug. */
  locales: string;
  /** A folder says that this is a list of all pages about something, and no page itself. */
  isList: boolean;
  /** By the question's place in {@link QUESTIONS}: the answers, as one text. */
  answers: ReadonlyMap<number, string>;
  words: ReadonlySet<string>;
}

/** Each line is a question, its answers are parted by `|`; words of one answer mean the same. */
const QUESTIONS: readonly string[] = [
  // For whom.
  "women womens woman ladies lady female femme femmes damen frauen mujer donna|men mens man male gentlemen homme hommes herren hombre uomo|unisex",
  "boys boy jungen|girls girl maedchen",
  "kids kid children child kinder enfants junior|adult adults erwachsene|baby babies|senior seniors",
  "beginner beginners|intermediate|advanced expert",
  "personal home residential|business enterprise corporate commercial",
  "customer customers buyer buyers|seller sellers vendor vendors|partner partners",
  // Which language, as a word.
  "english englisch anglais|german deutsch allemand|french francais franzoesisch|spanish espanol|italian italiano|portuguese|dutch|polish|russian|chinese|japanese|korean|arabic|turkish",
  // Which system or programming language.
  "windows|macos mac osx|linux ubuntu debian",
  "ios iphone ipad|android",
  "python|javascript js node nodejs typescript|java|golang go|ruby|php|rust|csharp dotnet net|swift|kotlin",
  "postgres postgresql|mysql|mariadb|sqlite|oracle|mongodb|redis",
  // Which time.
  "january jan|february feb|march|april apr|may|june jun|july jul|august aug|september sep|october oct|november nov|december dec",
  "monday|tuesday|wednesday|thursday|friday|saturday|sunday",
  "spring|summer|autumn fall|winter",
  "q1|q2|q3|q4",
  "daily|weekly|monthly|quarterly|yearly annual annually",
  // Which size, colour or sort.
  "xs|small|medium|large|xl|xxl",
  "black|white|red|blue|green|yellow|orange|purple|pink|brown|grey gray|silver|gold",
  "basic|standard|pro professional premium",
  // Which of two opposites.
  "add|remove delete",
  "create|delete destroy",
  "install installation installing|uninstall uninstallation uninstalling",
  "enable enabled enabling|disable disabled disabling",
  "import imports importing|export exports exporting",
  "start starting|stop stopping|restart",
  "open opening|close closing closed",
  "upload uploads uploading|download downloads downloading",
  "increase|decrease reduce",
  "buy buying purchase|sell selling|rent rental",
  "login signin|logout signout|signup register registration",
  "upgrade upgrading|downgrade downgrading",
  "backup|restore",
  "encrypt encryption|decrypt decryption",
  "encode encoding encoder|decode decoding decoder",
  "before|after",
  "with|without",
  "in|out",
  "on|off",
  "up|down",
  "left|right",
  "top|bottom",
  "front|back rear",
  "input inputs|output outputs",
  "inbound|outbound",
  "incoming|outgoing",
  "indoor|outdoor",
  "interior|exterior",
  "internal|external",
  "inner|outer",
  "online|offline",
  "public|private",
  "free|paid",
  "new|old used",
  "first|last",
  "next|previous",
  "min minimum|max maximum",
  "low lower|high higher",
  "short|long",
  "hot|cold",
  "push|pull",
  "read reading|write writing",
  "get|set|post|put|patch",
  "send sending sender|receive receiving receiver",
  "show|hide",
  "lock|unlock",
  "allow whitelist|deny block blacklist",
  "accept approve|reject decline",
  "grant|revoke",
  "pros|cons",
  "manual|automatic automated",
  "horizontal|vertical",
  "ascending asc|descending desc",
  "client|server",
  "frontend|backend",
  "ascent|descent",
  "arrival arrivals|departure departures",
  "entrance entry|exit",
  "credit|debit",
  "income|expense expenses",
  "positive|negative",
  "single|double|triple|multiple multi",
  "wired|wireless",
  "win|lose loss",
];

/** What a shop or a school has of everything: where only one path says it, the other may be the page for all. */
const FOR_WHOM = [0, 1, 2] as const;

const ANSWERS: ReadonlyMap<string, readonly { question: number; answer: string }[]> = readQuestions();

function readQuestions(): Map<string, { question: number; answer: string }[]> {
  const byWord = new Map<string, { question: number; answer: string }[]>();
  for (const [question, line] of QUESTIONS.entries()) {
    for (const words of line.split("|")) {
      const [answer = "", ...same] = words.split(" ");
      for (const word of [answer, ...same]) byWord.set(word, [...(byWord.get(word) ?? []), { question, answer }]);
    }
  }
  return byWord;
}

/** Makes of a word its opposite, or at least another: install, uninstall. */
const PREFIXES = /^(?:un|dis|de|non|in|im|ir|il|anti|mis|re|pre|post|sub|super|over|under|auto|multi|inter|intra|out)$/;

/** Folders of the lists that a content system makes: by tag, topic, category, author, month. */
const LISTS =
  /^(?:tags?|tagged|labels?|topics?|themen|categor(?:y|ies|ie|ia|ias)|kategorien?|authors?|autor(?:en|es)?|archives?|archiv)$/;

const LOCALE = /^[a-z]{2}(?:[-_][a-z]{2,4})?$/;
const SLUG_LANGUAGE = /[-_.](de|en|es|fr|hr|it|ja|ko|nl|pl|pt|ru|sl|sv|tr|zh)$/;
const VERSION = /^v\.?\d[\w.-]*$|^(?:[a-z]+[-_])?\d+(?:\.(?:\d+|x))+$/;
const YEAR = /^(?:19|20)\d\d$/;

/**
 * @param path decoded, in lower case, without extension
 * @param host decides on languages too: `de.acme.example`
 */
export function readMarks(path: string, host: string): PathMarks {
  const segments = path.split("/").filter((segment) => segment !== "");
  const { date, folders } = takeDate(segments.slice(0, -1));
  const words = new Set(path.match(/[\p{L}\p{N}\p{M}]+/gu) ?? []);
  return {
    version: folders.filter((folder) => VERSION.test(folder)).join("/"),
    numbers: folders.join("/").match(/\d+(?:\.\d+)*/g) ?? [],
    date,
    isList: folders.some((folder) => LISTS.test(folder)),
    locales: readLocales([host.split(".", 1)[0] ?? "", ...folders], segments.at(-1) ?? ""),
    answers: readAnswers(words),
    words,
  };
}

/** The first folder that is a year, with the month and the day behind it. */
function takeDate(folders: readonly string[]): { date: string; folders: readonly string[] } {
  const at = folders.findIndex((folder) => YEAR.test(folder));
  if (at < 0) return { date: "", folders };
  let end = at + 1;
  while (end < at + 3 && /^\d\d?$/.test(folders[end] ?? "")) end += 1;
  return { date: folders.slice(at, end).join("/"), folders: [...folders.slice(0, at), ...folders.slice(end)] };
}

function readLocales(places: readonly string[], slug: string): string {
  const suffix = SLUG_LANGUAGE.exec(slug)?.[1];
  const found = [...places.filter((each) => LOCALE.test(each)), ...(suffix === undefined ? [] : [suffix])];
  return [...new Set(found)].sort().join(" ");
}

function readAnswers(words: ReadonlySet<string>): Map<number, string> {
  const answers = new Map<number, Set<string>>();
  for (const word of words) {
    for (const { question, answer } of ANSWERS.get(word) ?? []) {
      answers.set(question, (answers.get(question) ?? new Set()).add(answer));
    }
  }
  return new Map([...answers].map(([question, said]) => [question, [...said].sort().join(" ")]));
}

/** Whether both say something of the same question, and not the same: such pages never stand for each other. */
export function areApart(one: PathMarks, other: PathMarks): boolean {
  return (
    differ(one.locales, other.locales) ||
    (!one.date.startsWith(other.date) && !other.date.startsWith(one.date)) ||
    (!holdsAll(one.numbers, other.numbers) && !holdsAll(other.numbers, one.numbers)) ||
    [...one.answers].some(([question, said]) => differ(said, other.answers.get(question) ?? "")) ||
    areOpposed(one.words, other.words) ||
    areOpposed(other.words, one.words)
  );
}

const differ = (a: string, b: string): boolean => a !== "" && b !== "" && a !== b;

/**
 * Whether one of them tells more than the other of what it is about, so that a person has to say whether they are the
 * same: a version or language that only one has, or that only one is a list of pages. A date that the old address had and the new one has not is the usual
 * move of a blog.
 * @param tellsLanguages false on a site in one language, whose folder for it is just a folder
 */
export function isOneSided(old: PathMarks, live: PathMarks, tellsLanguages: () => boolean): boolean {
  return (
    (old.locales !== live.locales && tellsLanguages()) ||
    (old.date === "" && live.date !== "") ||
    old.version !== live.version ||
    old.isList !== live.isList ||
    FOR_WHOM.some((question) => old.answers.has(question) !== live.answers.has(question))
  );
}

const holdsAll = (all: readonly string[], some: readonly string[]): boolean => some.every((each) => all.includes(each));

/** Whether one has a word, and the other in its place that word with a prefix. */
function areOpposed(plain: ReadonlySet<string>, prefixed: ReadonlySet<string>): boolean {
  for (const word of prefixed) {
    if (plain.has(word)) continue;
    for (let cut = 2; cut <= 5 && word.length - cut >= 3; cut += 1) {
      if (PREFIXES.test(word.slice(0, cut)) && plain.has(word.slice(cut)) && !prefixed.has(word.slice(cut)))
        return true;
    }
  }
  return false;
}
