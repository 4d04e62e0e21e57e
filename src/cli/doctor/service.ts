import { existsSync } from "node:fs";
import { toServedNames } from "../../compose/http-service.ts";
import { chooseTokensFile, openAccess } from "../../compose/open-access.ts";
import { loadHttpConfig } from "../../config/load-config.ts";
import { AppError } from "../../errors.ts";
import { createLog } from "../../log.ts";
import { type Check, type Examination, type Finding, fail, note, ok } from "./examination.ts";

const PREFIX = "DOMAIN_PAGES_HTTP_";
const FLAG_PREFIX = "http-";

/** Whether the settings of `http` can be used together; silent where nothing says that it is used. */
export const http: Check = {
  name: "http",
  says: "whether the settings of `http` go together: address, names, tokens, OAuth",
  where: "service",
  look: async (examination) => {
    const { env, flags, now } = examination;
    const isSet =
      Object.keys(env).some((name) => name.startsWith(PREFIX)) ||
      Object.keys(flags).some((name) => name.startsWith(FLAG_PREFIX));
    const notes: string[] = [];
    const log = createLog({ level: "silent", secrets: [], now, write: () => {} });
    const hear = (_event: string, fields: Readonly<Record<string, unknown>> = {}) => {
      notes.push(String(fields["message"]));
    };
    try {
      const { config, ignored } = await loadHttpConfig(...withoutLeftOut(examination));
      // A token that was made says it as well as a setting.
      const file = await chooseTokensFile(config);
      if (!isSet && !existsSync(file)) return [];
      const access = await openAccess(config, { log: { ...log, warn: hear, error: hear }, now, ignored });
      const isGuarded = access.isOpen === undefined;
      const { hosts } = toServedNames(config, isGuarded);
      const names = [...new Set(hosts)].join(", ");
      const who = isGuarded
        ? "callers need a token"
        : "everybody on this machine may call, until the first token is made";
      return [
        ok(`would listen on ${config.httpHost}, for ${names}; ${who}`),
        ...notes.map((message) => note(message, "Run chmod 600 on that file.")),
        ...ignored.filter((what) => what.startsWith(PREFIX)).map((what) => note(what)),
      ];
    } catch (error) {
      if (error instanceof AppError) return judgeFailure(error);
      throw error;
    }
  },
};

/** What is wrong with the settings that all commands have was told already. */
function withoutLeftOut({
  env,
  flags,
  settings: { leftOut },
}: Examination): [Examination["env"], Examination["flags"]] {
  const isGood = (variable: string) => !leftOut.has(variable);
  const toVariable = (flag: string) => `DOMAIN_PAGES_${flag.replaceAll("-", "_").toUpperCase()}`;
  return [
    Object.fromEntries(Object.entries(env).filter(([name]) => isGood(name))),
    Object.fromEntries(Object.entries(flags).filter(([name]) => isGood(toVariable(name)))),
  ];
}

const judgeFailure = ({ message, facts }: AppError): Finding[] =>
  message
    .split("\n")
    .map((line) =>
      fail("usage", line.replace(/\.$/, ""), facts.advice ?? "Correct it: http does not start before that."),
    );
