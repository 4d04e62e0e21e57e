import { describe, expect, it } from "vitest";
import { ALL_SETTINGS } from "../../../src/config/http-settings.ts";
import { loadConfig, loadHttpConfig } from "../../../src/config/load-config.ts";
import { isLive } from "../../../src/config/schema.ts";
import { AppError } from "../../../src/errors.ts";

const KEY = "sk-aisa-0123456789abcdef";

function problemsOf(env: Record<string, string>, flags: Record<string, string> = {}): string[] {
  try {
    loadConfig(env, flags);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    expect(error.kind).toBe("config");
    return error.message.split("\n");
  }
  throw new Error("the settings were accepted");
}

describe("defaults", () => {
  it("runs on the sandbox without any setting", () => {
    const { config, secrets, ignored } = loadConfig({});
    expect(config).toMatchObject({
      baseUrl: "https://api.aisa.one/apis/v1",
      source: "auto",
      gatewayHabits: [],
      unknownFields: "refuse",
      timeoutMs: 130_000,
      answerForm: "both",
      logLevel: "warn",
      httpsProxy: "",
    });
    expect({ live: isLive(config), secrets, ignored }).toEqual({ live: false, secrets: [], ignored: [] });
  });

  it("goes live with a key, unless the sandbox was asked for", () => {
    expect(isLive(loadConfig({ AISA_API_KEY: KEY }).config)).toBe(true);
    expect(isLive(loadConfig({ AISA_API_KEY: KEY, DOMAIN_PAGES_SOURCE: "sandbox" }).config)).toBe(false);
  });
});

describe("bad settings", () => {
  it("are reported together, each as it was typed", () => {
    const env = {
      AISA_API_KEY: "two words",
      AISA_BASE_URL: "ftp://acme.example",
      DOMAIN_PAGES_GATEWAY_HABITS: "list",
      DOMAIN_PAGES_TIMEOUT_MS: "soon",
      https_proxy: "gopher://proxy.example",
    };
    expect(problemsOf(env, { "log-level": "loud" })).toEqual([
      "AISA_API_KEY: must be visible ASCII without spaces",
      "AISA_BASE_URL: must be a URL such as https://api.aisa.one/apis/v1",
      "DOMAIN_PAGES_GATEWAY_HABITS: must be words of no-cap, no-key, no-quotes, object, array, with commas between",
      "DOMAIN_PAGES_TIMEOUT_MS: must be a whole number, 1000 to 600000",
      "--log-level: must be one of debug, info, warn, error, silent",
      "https_proxy: must be a proxy URL such as http://proxy.example:3128",
    ]);
  });

  it.each([
    ["DOMAIN_PAGES_TIMEOUT_MS", "999", "must be at least 1000"],
    ["DOMAIN_PAGES_TIMEOUT_MS", "600001", "must be at most 600000"],
    ["DOMAIN_PAGES_TIMEOUT_MS", "1000.5", "must be a whole number, 1000 to 600000"],
    ["DOMAIN_PAGES_TIMEOUT_MS", "Infinity", "must be a whole number, 1000 to 600000"],
    ["DOMAIN_PAGES_MAX_REPLY_MB", "0", "must be at least 1"],
    ["DOMAIN_PAGES_ANSWER_TOKENS", "12k", "must be a whole number, 400 to 1000000"],
    ["DOMAIN_PAGES_SOURCE", "AISA", "must be one of auto, aisa, sandbox"],
    ["AISA_BASE_URL", "api.aisa.one", "must be a URL such as https://api.aisa.one/apis/v1"],
    ["AISA_BASE_URL", "https://me:pw@api.aisa.one", "must have no user name, password, query or fragment"],
    ["AISA_BASE_URL", "https://api.aisa.one/?key=1", "must have no user name, password, query or fragment"],
    ["HTTPS_PROXY", "http://:80:80", "must be a proxy URL such as http://proxy.example:3128"],
    ["HTTP_PROXY", "http://me:50%@proxy.example", "has a user name or password with a bare %; write it as %25"],
  ])("says of %s=%s: %s", (name, value, rule) => {
    expect(problemsOf({ [name]: value })).toEqual([`${name}: ${rule}`]);
  });

  it.each([
    ["AISA_API_KEY", "sk-aisa-secret words"],
    ["HTTPS_PROXY", "gopher://me:sk-aisa-secret@proxy.example"],
  ])("never repeats the secret in %s", (name, value) => {
    expect(problemsOf({ [name]: value }).join()).not.toContain("secret");
  });

  it("asks for a key where the paid source was asked for", () => {
    expect(problemsOf({ DOMAIN_PAGES_SOURCE: "aisa" })).toEqual(['DOMAIN_PAGES_SOURCE: "aisa" needs AISA_API_KEY']);
    expect(problemsOf({}, { source: "aisa" })).toEqual(['--source: "aisa" needs AISA_API_KEY']);
  });

  it("asks for the missing key together with everything else", () => {
    expect(problemsOf({ DOMAIN_PAGES_SOURCE: "aisa", DOMAIN_PAGES_GATEWAY_HABITS: "x" })).toHaveLength(2);
  });
});

describe("a value that was meant to be something else", () => {
  const IN_QUOTES = "must be written without quotation marks around it: they became a part of the value";
  const NOT_FILLED = "holds a placeholder that was not filled in; write the value itself, or leave the variable out";
  const OF_A_GUIDE =
    "holds the placeholder of a guide; write your own key, or leave the variable out to use the sandbox";
  const VARIABLES = [
    "AISA_API_KEY",
    "AISA_BASE_URL",
    "HTTPS_PROXY",
    "http_proxy",
    "NO_PROXY",
    "DOMAIN_PAGES_CACHE_DIR",
    "DOMAIN_PAGES_STORE",
    "DOMAIN_PAGES_DAILY_BUDGET_USD",
  ];

  it.each(
    VARIABLES.flatMap((name) => [
      [name, '"http://127.0.0.1:3128"', IN_QUOTES],
      [name, "'sk-aisa-swordfish'", IN_QUOTES],
      [name, '"half-open', IN_QUOTES],
      [name, "\u201csk-aisa-swordfish\u201d", IN_QUOTES],
      [name, "{{AISA_API_KEY}}", NOT_FILLED],
      [name, "{{ secrets.swordfish }}", NOT_FILLED],
      [name, "%AISA_API_KEY%", NOT_FILLED],
      [name, "$AISA_API_KEY", NOT_FILLED],
      [name, "$(pass show swordfish)", NOT_FILLED],
      [name, "{SWORDFISH}", NOT_FILLED],
      [name, "__SWORDFISH__", NOT_FILLED],
      [name, "process.env.SWORDFISH", NOT_FILLED],
      [name, "env:SWORDFISH", NOT_FILLED],
      [name, "<your swordfish>", NOT_FILLED],
      [name, `sk-aisa-\${SWORDFISH}`, NOT_FILLED],
    ]),
  )("is refused by the name of its variable, and not repeated: %s=%s", (name, value, rule) => {
    const problems = problemsOf({ [name]: value });
    expect(problems).toEqual([`${name}: ${rule}`]);
    expect(problems.join()).not.toMatch(/swordfish/i);
  });

  it.each([
    "YOUR_API_KEY",
    "your-api-key",
    "your_aisa_key_here",
    "sk-aisa-your-key",
    "sk-aisa-xxxxxxxx",
    "sk-aisa-...",
    "sk-...",
    "sk-xxxx",
    "sk-\u2026",
    "sk-aisa-****",
    "[your-key]",
    "sk-aisa-<key>",
    "changeme",
    "api-key",
    "paste-it-here",
  ])("is refused as a key: %s", (value) => {
    expect(problemsOf({ AISA_API_KEY: value, DOMAIN_PAGES_SOURCE: "aisa" })).toEqual([`AISA_API_KEY: ${OF_A_GUIDE}`]);
  });

  it.each([
    "AISA_API_KEY=sk-aisa-swordfish",
    'export AISA_API_KEY="sk-aisa-swordfish"',
    "AISA_API_KEY: sk-aisa-swordfish",
  ])("is refused as a key that its own name stands before: %s", (value) => {
    const problems = problemsOf({ AISA_API_KEY: value });
    expect(problems).toEqual(["AISA_API_KEY: holds the name of the variable too; write the value alone"]);
  });

  it("is refused in the middle of an address", () => {
    expect(problemsOf({ AISA_BASE_URL: "https://gateway.example/{{path}}" })).toEqual([`AISA_BASE_URL: ${NOT_FILLED}`]);
  });

  it.each(["sk-aisa-key1", "sk-aisa-Yourk3y", "a$b", "100%", "sk-aisa-xx1xx", "k-with-%20-in-it"])(
    "is not a key that only looks a little like it: %s",
    (value) => {
      expect(loadConfig({ AISA_API_KEY: value }).config.apiKey).toBe(value);
    },
  );

  it("is of no interest where another spelling or a flag wins", () => {
    const env = { https_proxy: "http://proxy.example:1", HTTPS_PROXY: "$PROXY", DOMAIN_PAGES_LOG_LEVEL: "%LEVEL%" };
    const { config } = loadConfig(env, { "log-level": "debug" });
    expect(config).toMatchObject({ httpsProxy: "http://proxy.example:1", logLevel: "debug" });
    expect(problemsOf({ https_proxy: "$PROXY", HTTPS_PROXY: "http://proxy.example:1" })).toEqual([
      `https_proxy: ${NOT_FILLED}`,
    ]);
  });

  it.each([
    "http//proxy.example:3128",
    "http://proxy.example:3128/pac",
    "http://$HOST:3128",
    "proxy example:3128",
    "http://{host}:1",
  ])("is refused as a proxy: %s", (value) => {
    expect(problemsOf({ HTTPS_PROXY: value })).toEqual([
      "HTTPS_PROXY: must be a proxy URL such as http://proxy.example:3128",
    ]);
  });

  it.each(['localhost,"internal.example",b.example', "localhost,{{HOSTS}}", "a.example,$HOSTS", "[a.example],%HOSTS%"])(
    "is refused among the hosts of NO_PROXY: %s",
    (value) => {
      expect(problemsOf({ NO_PROXY: value })[0]).toMatch(
        /^NO_PROXY: (?:must be host names such as localhost,|holds a placeholder)/,
      );
    },
  );

  it.each(["*", "localhost,.example,*.internal,10.0.0.0/8,[::1]:80 other.example", "<local>"])(
    "is none of these: NO_PROXY=%s",
    (value) => {
      expect(loadConfig({ NO_PROXY: value }).config.noProxy).toBe(value);
    },
  );
});

describe("the folders of the platform", () => {
  const RULE = "must be an absolute path, since answers and books are kept below it; or set DOMAIN_PAGES_CACHE_DIR";

  it.each([
    [{ HOME: "" }, ["HOME"]],
    [{ HOME: "rel" }, ["HOME"]],
    [{ HOME: "~" }, ["HOME"]],
    [{ HOME: "/home/me", XDG_CACHE_HOME: "rel" }, ["XDG_CACHE_HOME"]],
    [{ HOME: "/home/me", XDG_DATA_HOME: "./data" }, ["XDG_DATA_HOME"]],
    [{ XDG_CACHE_HOME: "$HOME/.cache", XDG_DATA_HOME: '"/data"' }, ["XDG_CACHE_HOME", "XDG_DATA_HOME"]],
    [{ LOCALAPPDATA: "AppData", USERPROFILE: "me", HOME: "" }, ["LOCALAPPDATA", "USERPROFILE"]],
    [{ APPDATA: "." }, ["APPDATA"]],
  ])("are refused where they would lie in the working directory: %j", (env, names) => {
    expect(problemsOf(env)).toEqual(names.map((name) => `${name}: ${RULE}`));
  });

  it.each([
    [{}],
    [{ HOME: "/home/me", XDG_CACHE_HOME: "", XDG_DATA_HOME: "" }],
    [{ HOME: "", XDG_CACHE_HOME: "/cache", XDG_DATA_HOME: "/data" }],
    [{ HOME: "", XDG_DATA_HOME: "rel", DOMAIN_PAGES_CACHE_DIR: "/cache" }],
    [{ HOME: "", DOMAIN_PAGES_STORE: "memory" }],
  ])("are taken, or not used: %j", (env) => {
    expect(loadConfig(env).ignored.filter((what) => !what.startsWith("XDG"))).toEqual([]);
  });

  it("are named together with everything else", () => {
    expect(problemsOf({ HOME: "", DOMAIN_PAGES_TIMEOUT_MS: "soon", AISA_API_KEY: "$KEY" })).toHaveLength(3);
  });

  it("hold the access tokens too, whatever else is kept elsewhere", async () => {
    const env = { HOME: "", DOMAIN_PAGES_STORE: "memory" };
    await expect(loadHttpConfig(env)).rejects.toMatchObject({ facts: { refused: ["HOME"] } });
    const named = { ...env, DOMAIN_PAGES_HTTP_TOKENS_FILE: "/etc/tokens.json" };
    expect((await loadHttpConfig(named)).config.tokensFile).toBe("/etc/tokens.json");
  });
});

describe("the base URL", () => {
  it.each([["http://api.aisa.one/apis/v1"], ["http://192.0.2.1"], ["http://localhost.acme.example"]])(
    "has to be https off the loopback address: %s",
    (url) => {
      expect(problemsOf({ AISA_BASE_URL: url })[0]).toMatch(/^AISA_BASE_URL: must be https/);
    },
  );

  it.each([["http://localhost:8787/apis/v1"], ["http://127.0.0.1:1"], ["http://[::1]:9"], ["http://127.1:9"]])(
    "may be http on it: %s",
    (url) => {
      expect(loadConfig({ AISA_BASE_URL: url }).config.baseUrl).toBe(url);
    },
  );

  it("loses its trailing slashes", () => {
    expect(loadConfig({ AISA_BASE_URL: " https://gw.acme.example/apis/v1// " }).config.baseUrl).toBe(
      "https://gw.acme.example/apis/v1",
    );
  });
});

describe("what counts as unset", () => {
  it.each([
    [`\${user_config.api_key}`, "a placeholder that was not filled in"],
    ["undefined", 'the word "undefined"'],
    [" null ", 'the word "null"'],
    ["", "nothing"],
    ["  ", "nothing"],
    ['""', "nothing but quotation marks"],
    ["''", "nothing but quotation marks"],
    ["None", 'the word "None"'],
    ["nil", 'the word "nil"'],
  ])("is %j, and it is said so", (value, holds) => {
    const { config, ignored } = loadConfig({ AISA_API_KEY: value });
    expect(config.apiKey).toBeUndefined();
    expect(ignored).toEqual([`AISA_API_KEY counts as unset: it holds ${holds}`]);
  });

  it("is not the word none where that is a value", () => {
    expect(loadConfig({ DOMAIN_PAGES_STORE: "none" }).config.store).toBe("none");
  });

  it("is not a key that only looks a little like it", () => {
    expect(loadConfig({ AISA_API_KEY: "undefined-1" }).config.apiKey).toBe("undefined-1");
  });

  it("leaves the next spelling its say", () => {
    const { config, ignored } = loadConfig({ https_proxy: "", HTTPS_PROXY: "http://proxy.example:3128" });
    expect(config.httpsProxy).toBe("http://proxy.example:3128");
    expect(ignored).toEqual(["https_proxy counts as unset: it holds nothing"]);
  });
});

describe("precedence", () => {
  it("puts flags over the environment, and a blank flag under it", () => {
    const env = { DOMAIN_PAGES_GATEWAY_HABITS: "array", DOMAIN_PAGES_LOG_LEVEL: "debug" };
    const { config, ignored } = loadConfig(env, { "gateway-habits": "object", "log-level": "" });
    expect(config).toMatchObject({ gatewayHabits: ["object"], logLevel: "debug" });
    expect(ignored).toEqual(["--log-level counts as unset: it holds nothing"]);
  });

  it("puts the first spelling of a variable over the second", () => {
    expect(loadConfig({ no_proxy: "a.example", NO_PROXY: "b.example" }).config.noProxy).toBe("a.example");
  });
});

describe("proxies", () => {
  it.each([
    ["proxy.example:3128", "http://proxy.example:3128"],
    ["socks5h://127.0.0.1:1080", "socks5://127.0.0.1:1080"],
    ["https://proxy.example", "https://proxy.example"],
  ])("%s is read as %s", (written, read) => {
    expect(loadConfig({ HTTPS_PROXY: written }).config.httpsProxy).toBe(read);
  });
});

describe("secrets", () => {
  it("are the key and the proxies' passwords, as typed and as meant", () => {
    const env = {
      AISA_API_KEY: KEY,
      HTTPS_PROXY: "http://me:p%40ss@proxy.example",
      HTTP_PROXY: "http://me@proxy.example",
    };
    expect(loadConfig(env).secrets).toEqual([KEY, "p%40ss", "p@ss"]);
  });

  it("are user names too that come alone and are long enough for a token", () => {
    const env = { HTTPS_PROXY: "http://tok_0123456789:@proxy.example" };
    expect(loadConfig(env).secrets).toEqual(["tok_0123456789"]);
  });

  it("can never be given as a flag", () => {
    expect(ALL_SETTINGS.filter(({ facts, flag }) => facts.secret === true && flag !== undefined)).toEqual([]);
  });
});

describe("a store that replicas share", () => {
  const URL_WITH_PASSWORD = "rediss://me:swordfish@redis.example:6380/2";

  it("is an address, its password a secret", () => {
    const { config, secrets } = loadConfig({ DOMAIN_PAGES_STORE: URL_WITH_PASSWORD });
    expect(config.store).toEqual({ redisUrl: URL_WITH_PASSWORD });
    expect(secrets).toEqual(["swordfish"]);
    expect(loadConfig({}, { store: "redis://127.0.0.1:6379" }).config.store).toEqual({
      redisUrl: "redis://127.0.0.1:6379",
    });
  });

  it("never takes its password from a flag", () => {
    const [problem] = problemsOf({}, { store: URL_WITH_PASSWORD });
    expect(problem).toBe(
      "--store: has a password, which others on this machine could read; set DOMAIN_PAGES_STORE instead",
    );
  });

  it.each(["redis", "redis://", "http://redis.example", "disc"])("is refused when it is none: %s", (store) => {
    expect(problemsOf({ DOMAIN_PAGES_STORE: store })).toEqual([
      "DOMAIN_PAGES_STORE: must be disk, memory, none, or an address such as redis://redis.internal:6379",
    ]);
  });
});

describe("SETTINGS", () => {
  it.each(ALL_SETTINGS)("describes $key in one sentence for the documents", ({ facts }) => {
    expect(facts.says).toMatch(/^[\w`].{10,140}\.$/);
    expect(facts.env.every((name) => /^[A-Za-z_]+$/.test(name))).toBe(true);
  });

  it("spells every flag like its variable", () => {
    expect(ALL_SETTINGS.find(({ key }) => key === "maxReplyMb")?.flag).toBe("max-reply-mb");
    expect(ALL_SETTINGS.find(({ key }) => key === "baseUrl")?.flag).toBeUndefined();
  });
});
