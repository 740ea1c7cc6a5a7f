export { createPage } from './app.ts';
export type { Page, PageDeps } from './app.ts';
export { createRecentlyFinished } from './finished.ts';
export type { RecentlyFinished } from './finished.ts';
export { createPhonePreview } from './preview.ts';
export type { PhonePreview } from './preview.ts';
