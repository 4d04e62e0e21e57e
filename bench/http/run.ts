import { runSections } from "../run-sections.ts";
import { benchCold } from "./cold.ts";
import { benchHits } from "./hits.ts";
import { benchMemory } from "./memory.ts";
import { benchReplicas } from "./replicas.ts";

// `npm run bench:http [-- hits|cold|replicas|memory]`: the built service under load, on the loopback address alone.
await runSections({ hits: benchHits, cold: benchCold, replicas: benchReplicas, memory: benchMemory });
