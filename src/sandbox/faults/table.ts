import { BODY_FAULTS } from "./bodies.ts";
import { CONNECTION_FAULTS } from "./connection.ts";
import type { FaultTable } from "./fault.ts";
import { GATEWAY_FAULTS } from "./gateway-errors.ts";
import { MONEY_FAULTS } from "./money.ts";
import { PROVIDER_FAULTS } from "./provider.ts";

/** Every fault that can be asked for, by its name. */
export const FAULTS: FaultTable = {
  none: { says: "No fault: lets one call of a queue through.", fate: "carried_out", billed: true },
  ...CONNECTION_FAULTS,
  ...BODY_FAULTS,
  ...MONEY_FAULTS,
  ...PROVIDER_FAULTS,
  ...GATEWAY_FAULTS,
};
