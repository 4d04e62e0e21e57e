import { describe, expect, it } from "vitest";
import { ALL_SETTINGS } from "../../../src/config/http-settings.ts";
import { loadConfig } from "../../../src/config/load-config.ts";
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
      bodyForm: "auto",
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
      DOMAIN_PAGES_BODY_FORM: "list",
      DOMAIN_PAGES_TIMEOUT_MS: "soon",
      https_proxy: "gopher://proxy.example",
    };
    expect(problemsOf(env, { "log-level": "loud" })).toEqual([
      "AISA_API_KEY: must be visible ASCII without spaces",
      "AISA_BASE_URL: must be a URL such as https://api.aisa.one/apis/v1",
      "DOMAIN_PAGES_BODY_FORM: must be one of auto, object, array",
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
    expect(problemsOf({ DOMAIN_PAGES_SOURCE: "aisa", DOMAIN_PAGES_BODY_FORM: "x" })).toHaveLength(2);
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
  ])("is %j, and it is said so", (value, holds) => {
    const { config, ignored } = loadConfig({ AISA_API_KEY: value });
    expect(config.apiKey).toBeUndefined();
    expect(ignored).toEqual([`AISA_API_KEY counts as unset: it holds ${holds}`]);
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
    const env = { DOMAIN_PAGES_BODY_FORM: "array", DOMAIN_PAGES_LOG_LEVEL: "debug" };
    const { config, ignored } = loadConfig(env, { "body-form": "object", "log-level": "" });
    expect(config).toMatchObject({ bodyForm: "object", logLevel: "debug" });
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
