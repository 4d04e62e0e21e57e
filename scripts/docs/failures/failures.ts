import type { FailureGroup } from "./failure.ts";

/** Keys, addresses and settings. */
const SET_UP: FailureGroup = {
  title: "Key, address and settings",
  failures: [
    {
      title: "A placeholder was not filled in",
      cause: {
        isFree: true,
        // biome-ignore lint/suspicious/noTemplateCurlyInString: what a host leaves that cannot fill its own placeholder
        env: { AISA_API_KEY: "${user_config.api_key}" },
        lines: /setting\.ignored/,
      },
      means:
        "The host passed its own placeholder on instead of a key, so the server runs on its sandbox. A line of the log.",
      cure: "Fill in the field in the host's settings, or write the key into the configuration, and restart the host.",
    },
    {
      title: "Settings are wrong",
      cause: {
        isFree: true,
        env: { DOMAIN_PAGES_TIMEOUT_MS: "soon", AISA_BASE_URL: "http://example.com/apis/v1" },
      },
      means: "The server did not start. All bad settings are named at once, as they were typed.",
      cure: "Mend them; [settings.md](settings.md) has the list.",
    },
    {
      title: "A value is in quotation marks, or a placeholder",
      cause: {
        isFree: true,
        env: { HTTPS_PROXY: '"http://proxy.example:3128"', AISA_API_KEY: "{{AISA_API_KEY}}" },
      },
      means: "The server did not start. Quotation marks of an .env file, or the sign of a template, became the value.",
      cure: "Write the value itself.",
    },
    {
      title: "Node is too old",
      cause: { isFree: true, nodeVersion: "18.20.4" },
      means:
        "The server did not start. A host may find another Node than your shell; `node --version` tells of the latter.",
      cure: "Install a newer one, and name its whole path as `command` in the configuration if the host finds the old one first.",
    },
    {
      title: "The key is not accepted",
      cause: { fault: "gateway_401" },
      means: "The key is mistyped, cut off when it was copied, revoked, or of another gateway.",
      cure: "Compare it with the one in your account. `domain-pages-mcp doctor` tests it for free.",
    },
    {
      title: "The key may not do this",
      cause: { fault: "gateway_403" },
      means: "The key is known, but this endpoint, or the place you call from, is not open to it.",
      cure: "The account's owner has to look at it.",
    },
    {
      title: "The account has no money",
      cause: { fault: "balance_402" },
      means:
        "The gateway wants a payment before it carries anything out. Some gateways say the same when no valid key came.",
      cure: "Look at the balance of the account, then at the key.",
    },
    {
      title: "The address is wrong",
      cause: { fault: "gateway_404" },
      means: "Something answers at `AISA_BASE_URL`, and it does not know the endpoint.",
      cure: "Leave `AISA_BASE_URL` out; set it only for another gateway. It ends in `/apis/v1`.",
    },
    {
      title: "The gateway sends you elsewhere",
      cause: { fault: "redirect" },
      means: "A redirect would carry your key to another address, so it is not followed.",
      cure: "Find out whether that address is the gateway's, and set it as `AISA_BASE_URL`. A captive portal (hotel, train) does this too.",
    },
    {
      title: "The form of the request is not accepted",
      cause: { fault: "gateway_400_contract" },
      means: "The gateway changed what it takes. Both documented forms were tried where that was safe.",
      cure: "Try a call without filters. If it is refused too, set `DOMAIN_PAGES_GATEWAY_HABITS` to `object` or `array`, and report it.",
    },
  ],
};

const NETWORK: FailureGroup = {
  title: "Network, proxy and certificates",
  intro:
    "The program takes `HTTPS_PROXY` and `NO_PROXY` from its own environment. A desktop host started from a menu often has " +
    "none of what a shell has: put them into `env` of the configuration. A proxy that opens TLS shows a certificate of its " +
    "own; name the file of that authority in `NODE_EXTRA_CA_CERTS`. `domain-pages-mcp doctor` says how far a call comes.",
  failures: [
    {
      title: "Nothing answers",
      cause: { isFree: true, env: { AISA_API_KEY: "sk-aisa-example", AISA_BASE_URL: "https://127.0.0.1:9/apis/v1" } },
      means:
        "No connection came about: no network, a wrong address, a proxy that is needed or gone, a certificate that is not trusted.",
      cure: "Run `domain-pages-mcp doctor` in the same environment: it names the reason.",
    },
    {
      title: "The connection broke off",
      cause: { fault: "reset_billed" },
      means: "The call was sent and no answer came back. It may have been carried out.",
      cure: "Look at the usage in your account. The ledger counts what the call may have cost. It is never sent again by itself.",
    },
    {
      title: "It took too long",
      cause: { fault: "stall" },
      means: "No answer within `DOMAIN_PAGES_TIMEOUT_MS`, here 2 s, else 130 s. The gateway may still carry it out.",
      cure: "Look at the usage in your account, then ask for less: a smaller `limit`, or filters.",
    },
    {
      title: "The gateway failed",
      cause: { fault: "gateway_502_html" },
      means: "The gateway, or something in front of it, is in trouble.",
      cure: "Wait a little, look at the usage, and try again.",
    },
    {
      title: "Calls are held back",
      cause: { fault: "gateway_502_html", times: 6 },
      means: "Five calls in a row failed, so none is sent for half a minute: each might be charged and bring nothing.",
      cure: "Wait as long as it says. If it lasts, run `domain-pages-mcp doctor`.",
    },
    {
      title: "The answer is no answer",
      cause: { fault: "html" },
      means: "Success with a web page in it: a captive portal, a proxy, or a gateway in trouble.",
      cure: "Open the gateway's address in a browser and see who answers. If it was the gateway, in a form that this version cannot read: nothing is lost. The resource shows what came; send it to the maintainers without its private parts, and import it with the version that can read it.",
    },
  ],
};

const LIMITS: FailureGroup = {
  title: "Limits of the gateway and the data provider",
  intro:
    "Rate limits pass by themselves: the server waits and tries again for up to 75 seconds before you read of them.",
  failures: [
    {
      title: "Too many calls",
      cause: { fault: "gateway_429_seconds;seconds=7" },
      means: "More calls in a minute than the account's tier allows.",
      cure: "Wait as long as it says. `DOMAIN_PAGES_CALLS_PER_MINUTE` holds this server below the limit.",
    },
    {
      title: "The key's own cap is used up",
      cause: { fault: "gateway_429_quota" },
      means: "Somebody set a spending cap on the key at the gateway. This one does not pass.",
      cure: "Have the cap raised there.",
    },
    {
      title: "The data provider is busy",
      cause: { fault: "task_40202" },
      means: "The gateway's account at the data provider has reached its limit.",
      cure: "Try again in a minute.",
    },
    {
      title: "The data provider needed too long",
      cause: { fault: "task_50401" },
      means: "The question was too large for its 120 seconds.",
      cure: "Ask for less: a smaller `limit`, a subdomain as `target`, or filters.",
    },
  ],
};

const OWN_LIMITS: FailureGroup = {
  title: "Your own caps and budget",
  failures: [
    {
      title: "Dearer than the cap",
      cause: { argv: ["get", "acme.example", "--limit", "1000", "--max-price-usd", "0.01"] },
      means: "The call would cost more than `DOMAIN_PAGES_MAX_PRICE_USD`, and the gateway was told to refuse it.",
      cure: "Ask for fewer pages, or raise the cap. `domain-pages-mcp estimate` shows the price for free.",
    },
    {
      title: "Nothing may be bought",
      cause: { argv: ["get", "acme.example", "--daily-budget-usd", "0"] },
      means: "The daily budget is set to 0. Free questions are answered all the same.",
      cure: "Raise `DOMAIN_PAGES_DAILY_BUDGET_USD`.",
    },
    {
      title: "The budget of the day is used up",
      cause: {
        env: { DOMAIN_PAGES_DAILY_BUDGET_USD: "0.024432" },
        before: ["get", "example.com", "--limit", "12"],
      },
      means: "What was charged today, and what may have been, adds up to `DOMAIN_PAGES_DAILY_BUDGET_USD`.",
      cure: "Wait for 00:00 UTC, or raise it. `domain-pages-mcp spend` shows what it was spent on.",
    },
    {
      title: "What is left does not pay for it",
      cause: { argv: ["get", "acme.example", "--daily-budget-usd", "0.02"] },
      means: "The call was capped at what is left of the day's budget, and costs more.",
      cure: "Ask for fewer pages, wait for 00:00 UTC, or raise `DOMAIN_PAGES_DAILY_BUDGET_USD`.",
    },
    {
      title: "Somebody has to agree",
      cause: { env: { DOMAIN_PAGES_ASK_ABOVE_USD: "0.01" } },
      means: "The quote is above `DOMAIN_PAGES_ASK_ABOVE_USD`, and nobody could be asked here.",
      cure: "Repeat the command with `--yes`, use a client that can ask, or raise the setting.",
    },
    {
      title: "More was charged than the cap allows",
      cause: { fault: "charge_above_cap", lines: /^snapshot|^note/ },
      means: "The gateway was told the cap and charged more. The answer is kept, and the charge stands in the books.",
      cure: "Tell the gateway's support, with the time and the amount that `domain-pages-mcp spend` shows. No program can take a charge back.",
    },
    {
      title: "No charge is reported",
      cause: { fault: "charge_missing", lines: /^snapshot|^note/ },
      means: "The answer came without a price. It is not free: the books count the most that it may have cost.",
      cure: "Look at the usage in your account.",
    },
    {
      title: "The books cannot be kept",
      cause: { env: { DOMAIN_PAGES_CACHE_DIR: "/dev/null/domain-pages" } },
      means: "Nothing is bought that cannot be written down.",
      cure: "Point `DOMAIN_PAGES_CACHE_DIR` to a folder on a local disk that can be written.",
    },
  ],
};

const ANSWERS: FailureGroup = {
  title: "Answers without pages, and what is not kept",
  failures: [
    {
      title: "No pages at all",
      cause: { isFree: true, argv: ["get", "forbes.com"], lines: /pages|sandbox knows|no page/i },
      means:
        "The source knows no linked page of this target. In the sandbox: it knows its own few names and makes nothing up.",
      cure: 'Check the spelling. With a key, try without filters, with `include_subdomains`, or `backlinks_status_type: "all"`.',
    },
    {
      title: "No pages for a filter",
      cause: {
        isFree: true,
        argv: ["get", "acme.example", "--body", '{"filters":["page_summary.backlinks",">",100000]}'],
        lines: /pages|filter/i,
      },
      means: "The filter holds for no page. Such a call is charged like any other.",
      cure: "Fetch without the filter and filter what is kept: `query_domain_pages` is free and says which condition is in the way.",
    },
    {
      title: "A free question finds nothing",
      cause: {
        isFree: true,
        before: ["get", "acme.example", "--limit", "1000"],
        argv: ["query", "acme.example", "--body", '{"status":"broken","section":"/blog","min_backlinks":50}'],
        lines: /match|drop|without/i,
      },
      means: "All conditions together hold for no page that was fetched.",
      cure: "Drop the condition it names.",
    },
    {
      title: "No such snapshot",
      cause: { isFree: true, argv: ["query", "s_7f3k2m9q", "--body", '{"status":"broken"}'] },
      means:
        "It made room for newer ones, lies in another folder or tenant, or never was. A server with `DOMAIN_PAGES_STORE=memory` forgets with its end.",
      cure: "Take one that it names, or buy the answer again.",
    },
  ],
};

/** By the part of the page that they stand in. */
export const FAILURES = {
  setUp: SET_UP,
  network: NETWORK,
  limits: LIMITS,
  ownLimits: OWN_LIMITS,
  answers: ANSWERS,
} as const;
