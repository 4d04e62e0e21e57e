import { generate } from "selfsigned";

/** A certificate with its key, as PEM. */
export interface MadeCertificate {
  cert: string;
  key: string;
}

export interface Wanted {
  /** DNS names it is for. */
  names?: readonly string[];
  from?: Date;
  to?: Date;
}

const DAY_MS = 86_400_000;
const yesterday = () => new Date(Date.now() - DAY_MS);
const inDays = (days: number) => new Date(Date.now() + days * DAY_MS);

/** A CA that nobody knows: what a company signs with that inspects its people's traffic. */
export async function makeAuthority(organisation: string): Promise<MadeCertificate> {
  const made = await generate(
    [
      { name: "commonName", value: "Root" },
      { name: "organizationName", value: organisation },
    ],
    {
      keyType: "ec",
      algorithm: "sha256",
      notBeforeDate: new Date(Date.now() - 1000 * DAY_MS),
      notAfterDate: inDays(1000),
      extensions: [
        { name: "basicConstraints", cA: true, critical: true },
        { name: "keyUsage", keyCertSign: true, critical: true },
      ],
    },
  );
  return { cert: made.cert, key: made.private };
}

/** @param authority left out, it is signed by itself */
export async function makeCertificate(
  { names = ["localhost"], from = yesterday(), to = inDays(100) }: Wanted = {},
  authority?: MadeCertificate,
): Promise<MadeCertificate> {
  const made = await generate([{ name: "commonName", value: "made for a test" }], {
    keyType: "ec",
    algorithm: "sha256",
    notBeforeDate: from,
    notAfterDate: to,
    extensions: [{ name: "subjectAltName", altNames: names.map((value) => ({ type: 2, value })) }],
    ...(authority !== undefined && { ca: authority }),
  });
  return { cert: made.cert, key: made.private };
}
