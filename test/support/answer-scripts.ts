/**
 * Words and addresses as crawled pages hold them, one set per script or habit, for texts that look like real answers.
 * `latin` marks what a tokenizer of today is best at: there an estimate should be near, elsewhere only not too low.
 */
export const SCRIPTS: readonly { name: string; latin: boolean; slugs: string[]; titles: string[] }[] = [
  {
    name: "English",
    latin: true,
    slugs: ["blog/best-running-shoes-2026", "products/kayano-31?color=blue", "privacy-policy", "apis/serp-api", ""],
    titles: [
      "The Complete Guide to Building Backlinks That Actually Matter",
      "SERP Volatility Index – Acme",
      'Why "Free" Shipping Isn\'t Free | Acme Shop',
      "Privacy Policy",
    ],
  },
  {
    name: "German and Finnish",
    latin: true,
    slugs: ["ratgeber/kfz-haftpflichtversicherung", "hilfe/oeffnungszeiten", "tuotteet/saunakiukaat-2026"],
    titles: [
      "Lebensversicherungsgesellschaft: Öffnungszeiten und Übersicht",
      "Kündigungsfrist für Verträge – was gilt ab März?",
      "Äänestä vuoden paras työpaikka – näin osallistut",
    ],
  },
  {
    name: "Vietnamese and Polish",
    latin: false,
    slugs: ["huong-dan/xay-dung-lien-ket", "oferty/zolc-i-zdzbla-trawy"],
    titles: ["Hướng dẫn xây dựng liên kết ngược hiệu quả nhất", "Żółć i jeszcze źdźbła trawy – przegląd ofert"],
  },
  {
    name: "Cyrillic and Greek",
    latin: false,
    slugs: ["%D0%BA%D0%BE%D0%BC%D0%BF%D0%B0%D0%BD%D0%B8%D1%8F", "о-компании/контакты", "οδηγός"],
    titles: ["Полное руководство по построению обратных ссылок", "Ο πλήρης οδηγός για τους συνδέσμους"],
  },
  {
    name: "Arabic and Hebrew",
    latin: false,
    slugs: ["دليل-الروابط", "מדריך/קישורים"],
    titles: ["الدليل الكامل لبناء الروابط الخلفية", "המדריך המלא לבניית קישורים נכנסים"],
  },
  {
    name: "Japanese, Chinese and Korean",
    latin: false,
    slugs: ["ガイド/被リンク", "指南/反向链接", "가이드"],
    titles: [
      "バックリンクの作り方を徹底解説する完全ガイド",
      "如何建立高质量的反向链接完整指南",
      "고품질 백링크를 구축하는 완벽한 가이드",
    ],
  },
  {
    name: "Indic and South-East Asian",
    latin: false,
    slugs: ["गाइड/बैकलिंक", "คู่มือ"],
    titles: [
      "बैकलिंक बनाने की पूरी गाइड हिंदी में",
      "คู่มือการสร้างลิงก์ย้อนกลับฉบับสมบูรณ์",
      "பின்னிணைப்புகளை உருவாக்குவதற்கான முழுமையான வழிகாட்டி",
      "နောက်ကြောင်းလင့်ခ်များ တည်ဆောက်ခြင်း",
    ],
  },
  {
    name: "scripts that tokenizers hardly know",
    latin: false,
    slugs: ["የተሟላ-መመሪያ", "བོད་ཡིག"],
    titles: ["የተሟላ መመሪያ ለኋላ አገናኞች", "བོད་ཡིག་གི་སྦྲེལ་མཐུད", "ߒߞߏ ߞߊ߲ ߛߓߍߛߎ߲"],
  },
  {
    name: "emoji",
    latin: false,
    slugs: ["🚀-deals", "✨"],
    titles: ["🚀🔥 Best deals 👩‍💻👨‍👩‍👧‍👦 2026 ✨✅", "★★★★☆ (4,5) → Jetzt ansehen!"],
  },
  {
    name: "identifiers and hashes",
    latin: false,
    slugs: [
      "p/xk29fjq3rzt8wvbq/7f3k2m9a?utm_source=zzxq&gclid=EAIaIQobChMI8Yw",
      "a/9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
      "f/0b9d1e6c-7a52-4c1f-8f2e-5d3a9b7c6e10",
      "BQXZJKVWTRLMNPQS",
      "xqzjkvwbrtlmnpqsxvbz",
    ],
    titles: ["BEST SEO TOOLS FOR AGENCIES", "ISBN 978-3-16-148410-0 XKCD/QWRTZ", "SKU: 7F3K2M9A-ZZXQ"],
  },
];
