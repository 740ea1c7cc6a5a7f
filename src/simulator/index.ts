/** Embedded servers for the demo, and for faults that real servers cannot produce on request. */
export type { Fault, Matcher } from './faults.ts';
export type { LoggedRequest } from './request.ts';
export type { QbittorrentGeneration, SimulatedGeneration } from './qbittorrent/generations.ts';
export { startQbittorrentSimulator } from './qbittorrent/index.ts';
export type { QbittorrentOptions, QbittorrentSimulator } from './qbittorrent/index.ts';
export type { Scenario, Step } from './qbittorrent/script.ts';
export type { TorrentSpec } from './qbittorrent/torrent.ts';
export type { NtfyEvent } from './ntfy/event.ts';
export { startNtfySimulator } from './ntfy/index.ts';
export type { NtfyOptions, NtfySimulator } from './ntfy/index.ts';
export { createPhone, isAudible } from './ntfy/phone.ts';
export type { Phone } from './ntfy/phone.ts';
export type { Card } from './ntfy/phone.ts';
export type { NtfyGeneration } from './ntfy/generation.ts';
