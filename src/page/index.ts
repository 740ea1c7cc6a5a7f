export { createPage } from './app.ts';
export type { Page, PageDeps } from './app.ts';
export { createFinishedLately } from './finished.ts';
export type { FinishedLately } from './finished.ts';
