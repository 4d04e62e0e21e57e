/** A page of a sandbox site, as its author describes it; crawl facts and links are generated around it. */
export interface PageSpec {
  url: string;
  status: number;
  title?: string;
  /** Target of a redirect. */
  location?: string;
  language?: string;
  /** About how many backlinks point here. */
  links: number;
  /** One site links from all of its pages, in the footer. */
  sitewide?: boolean;
  /** All of its backlinks have gone. */
  lost?: boolean;
}

export interface SiteSpec {
  /** The registrable domain, a reserved name (RFC 2606) or one below `.example`. */
  domain: string;
  /** For answers and the README: what there is to see. */
  about: string;
  pages: PageSpec[];
}

const page = (url: string, links: number, title: string, more: Partial<PageSpec> = {}): PageSpec => ({
  url,
  status: 200,
  title,
  links,
  ...more,
});
const gone = (url: string, links: number, status = 404): PageSpec => ({ url, status, links });
const moved = (url: string, location: string, links: number, status = 301): PageSpec => ({
  url,
  status,
  location,
  links,
});

const ANVILS = [
  "Cast",
  "Forged",
  "Travel",
  "Double Horn",
  "Farrier",
  "Jeweller's",
  "Bench",
  "Stake",
  "Silent",
  "Classroom",
];
const TOPICS = [
  "Rust Removal",
  "Heat Treatment",
  "First Forge",
  "Shop Safety",
  "Choosing Steel",
  "Hammer Care",
  "Coal or Gas",
  "Tong Making",
  "Damascus Basics",
  "Quenching Oil",
  "Grinding Belts",
  "Apprentice Wages",
];
const GUIDES = [
  "Install",
  "Quick Start",
  "API Keys",
  "Webhooks",
  "Errors",
  "Limits",
  "Export",
  "Roles",
  "Audit Log",
  "Backups",
];

const slug = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "");

const ACME: SiteSpec = {
  domain: "acme.example",
  about: "a shop with a polluted home page, dead and moved pages, and three subdomains",
  pages: [
    page("https://acme.example/", 380, "Acme Anvils – Hand-Forged Since 1911"),
    moved("http://acme.example/", "https://acme.example/", 90),
    moved("https://www.acme.example/", "https://acme.example/", 55),
    moved("http://www.acme.example/", "https://acme.example/", 31),
    page("https://acme.example/?utm_source=newsletter&utm_medium=email", 12, "Acme Anvils – Hand-Forged Since 1911"),
    page("https://acme.example/?ref=partnerlist", 7, "Acme Anvils – Hand-Forged Since 1911"),
    page("https://acme.example/index.html", 5, "Acme Anvils – Hand-Forged Since 1911"),
    gone("https://acme.example/anvil-size-calculator", 310),
    page("https://acme.example/pricing", 120, "Pricing | Acme Anvils"),
    moved("https://acme.example/old-pricing", "/pricing", 64),
    moved("https://acme.example/prices.php", "https://acme.example/old-pricing", 22, 302),
    moved("https://acme.example/press", "https://press-agency.example/acme", 18),
    page("https://acme.example/about", 48, "About Acme: Four Generations of Smiths"),
    page("https://acme.example/widget", 160, "Embed the Anvil Finder", { sitewide: true }),
    gone("https://acme.example/catalogue-2019.pdf", 85),
    gone("https://acme.example/blog/first-forge)", 14),
    gone("https://acme.example/admin", 6, 403),
    gone("https://acme.example/checkout/session", 4, 500),
    page("https://acme.example/summer-sale", 40, "Summer Sale: Everything Must Go", { lost: true }),
    ...ANVILS.map((kind, index) =>
      page(`https://acme.example/anvils/${slug(kind)}`, 46 - 4 * index, `${kind} Anvils | Acme`),
    ),
    ...TOPICS.map((topic, index) =>
      page(`https://acme.example/blog/${slug(topic)}`, 75 - 6 * index, `${topic}: What Four Generations Taught Us`),
    ),
    ...TOPICS.slice(0, 5).map((topic, index) =>
      moved(
        `https://acme.example/2018/${slug(topic)}.html`,
        `https://acme.example/blog/${slug(topic)}`,
        16 - 2 * index,
      ),
    ),
    ...TOPICS.slice(5, 9).map((topic, index) => gone(`https://acme.example/news/${slug(topic)}`, 13 - 2 * index)),
    ...TOPICS.map((topic, index) =>
      page(`https://acme.example/blog/tag/${slug(topic)}?page=2`, 3 + (index % 3), `Posts about ${topic}, page 2`),
    ),
    page("https://shop.acme.example/", 70, "Acme Shop"),
    ...ANVILS.map((kind, index) =>
      page(`https://shop.acme.example/p/${1000 + index}`, 22 - 2 * index, `${kind} Anvil, 25 kg – Buy Online`),
    ),
    gone("https://shop.acme.example/p/0999", 27),
    page("https://docs.acme.example/", 34, "Acme Forge Cloud Documentation"),
    ...GUIDES.map((guide, index) =>
      page(`https://docs.acme.example/guides/${slug(guide)}`, 20 - index, `${guide} – Acme Forge Cloud Docs`),
    ),
    page("https://forum.acme.example/t/which-hammer", 25, "Which hammer for a beginner? - Acme Forum"),
    ...TOPICS.slice(0, 8).map((topic, index) =>
      page(`https://forum.acme.example/t/${slug(topic)}/${200 + index}`, 9 - index, `${topic} questions - Acme Forum`),
    ),
  ],
};

const EXAMPLE_COM: SiteSpec = {
  domain: "example.com",
  about: "a small, healthy site",
  pages: [
    page("https://example.com/", 140, "Example Domain"),
    moved("http://example.com/", "https://example.com/", 44),
    ...["Contact", "Imprint", "History", "Team", "Research", "Papers", "Datasets", "Teaching", "News", "Archive"].map(
      (name, index) => page(`https://example.com/${slug(name)}`, 38 - 3 * index, `${name} – Example`),
    ),
  ],
};

const EXAMPLE_ORG: SiteSpec = {
  domain: "example.org",
  about: "a neglected site: most of its linked pages are gone, many links too",
  pages: [
    page("https://example.org/", 52, "Example Organisation"),
    ...TOPICS.map((topic, index) => gone(`https://example.org/wiki/${slug(topic)}`, 44 - 3 * index)),
    ...GUIDES.slice(0, 5).map((guide, index) =>
      gone(`https://example.org/files/${slug(guide)}.zip`, 20 - 3 * index, 410),
    ),
    page("https://example.org/donate", 30, "Donate", { lost: true }),
    moved("https://example.org/a", "https://example.org/b", 9, 302),
    moved("https://example.org/b", "https://example.org/a", 8, 302),
  ],
};

const BUECHER: SiteSpec = {
  domain: "xn--bcher-kva.example",
  about: "a multilingual bookshop on an international name (bücher.example)",
  pages: [
    page("https://xn--bcher-kva.example/", 66, "Bücher – Antiquariat für schöne Drucke", { language: "de" }),
    page("https://xn--bcher-kva.example/ru/%D0%BA%D0%BD%D0%B8%D0%B3%D0%B8", 31, "Книги на русском языке", {
      language: "ru",
    }),
    page("https://xn--bcher-kva.example/ja/本", 24, "日本の古書 | 店主のおすすめ", { language: "ja" }),
    page("https://xn--bcher-kva.example/ar/كتب", 19, "كتب عربية نادرة", { language: "ar" }),
    page("https://xn--bcher-kva.example/el/βιβλία", 12, "Σπάνια βιβλία", { language: "el" }),
    page("https://xn--bcher-kva.example/hi/किताबें", 9, "दुर्लभ किताबें", { language: "hi" }),
    gone("https://xn--bcher-kva.example/katalog-2020", 28),
  ],
};

export const SITES: readonly SiteSpec[] = [ACME, EXAMPLE_COM, EXAMPLE_ORG, BUECHER];
