export { createPage } from './app.ts';
export type { Page, PageDeps } from './app.ts';
export { createRecentHistory } from './history.ts';
export type { RecentHistory } from './history.ts';
export { createSpeeds } from './speeds.ts';
export type { Speeds } from './speeds.ts';
export { createPhonePreview } from './preview.ts';
export type { PhonePreview } from './preview.ts';
