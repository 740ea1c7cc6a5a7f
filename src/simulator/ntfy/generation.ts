/** `legacy`: before 2.16, measured on 2.11.0. `current`: with sequence IDs, measured on 2.27.0. */
export type NtfyGeneration = 'legacy' | 'current';
