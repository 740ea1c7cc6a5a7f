/** Exit statuses: `EX_USAGE`, `EX_SOFTWARE` and `EX_CONFIG` of sysexits.h; 1 for external problems. */
export const EXIT = { ok: 0, failed: 1, usage: 64, software: 70, config: 78 } as const;
