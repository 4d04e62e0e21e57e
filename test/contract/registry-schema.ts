import { z } from "zod";

/**
 * What the public registry's schema of 2025-12-11 (read 2026-11-26) asks of the parts of server.json that we use. Stricter
 * in one thing: it lets unknown keys pass, and here they are refused, since they are most likely misspelt.
 */
const url = z.url().max(255);

/** An exact version: ranges and `latest` are refused. */
const version = z
  .string()
  .max(255)
  .regex(/^\d+\.\d+\.\d+(?:-[\w.-]+)?$/);

const input = z.strictObject({
  name: z.string().min(1),
  description: z.string().optional(),
  format: z.enum(["string", "number", "boolean", "filepath"]).optional(),
  isRequired: z.boolean().optional(),
  isSecret: z.boolean().optional(),
  default: z.string().optional(),
  choices: z.array(z.string()).optional(),
});

const transport = z.strictObject({ type: z.literal("stdio") });

const npmPackage = z.strictObject({
  registryType: z.literal("npm"),
  identifier: z.string().min(1),
  version,
  transport,
  runtimeHint: z.literal("npx"),
  environmentVariables: z.array(input),
});

/** A bundle that is downloaded: it must be named by its address, and its hash must be told. */
const mcpbPackage = z.strictObject({
  registryType: z.literal("mcpb"),
  identifier: z.url({ protocol: /^https$/ }).regex(/\.mcpb$/),
  fileSha256: z.string().regex(/^[a-f0-9]{64}$/),
  version,
  transport,
});

export const ServerJson = z.strictObject({
  $schema: z.literal("https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json"),
  name: z
    .string()
    .min(3)
    .max(200)
    .regex(/^[a-zA-Z0-9.-]+\/[a-zA-Z0-9._-]+$/),
  title: z.string().min(1).max(100),
  description: z.string().min(1).max(100),
  version,
  repository: z.strictObject({ url, source: z.literal("github") }),
  websiteUrl: url,
  icons: z.array(
    z.strictObject({
      src: z.url({ protocol: /^https$/ }).max(255),
      mimeType: z.enum(["image/png", "image/jpeg", "image/svg+xml", "image/webp"]),
      sizes: z.array(z.string().regex(/^(?:\d+x\d+|any)$/)),
    }),
  ),
  packages: z.array(z.discriminatedUnion("registryType", [npmPackage, mcpbPackage])).min(1),
});
