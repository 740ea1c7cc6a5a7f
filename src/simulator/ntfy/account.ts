/** `/v1/*`, which does not count towards the request limit. */
import { Hono } from 'hono';
import type { Env } from '../request.ts';
import type { NtfyGeneration } from './generation.ts';
import type { DailyQuota } from './limiter.ts';

/** The real answer also has the limits of e-mails, calls and attachments. */
function account(principal: string | null, quota: DailyQuota) {
  const used = quota.used();
  return {
    username: principal ?? '*',
    role: principal === null ? 'anonymous' : 'user',
    limits: { basis: 'ip', messages: quota.limit, messages_expiry_duration: 43_200 },
    stats: { messages: used, messages_remaining: Math.max(0, quota.limit - used) },
  };
}

export function accountRoutes(generation: NtfyGeneration, quota: DailyQuota): Hono<Env> {
  const app = new Hono<Env>()
    .get('/health', (c) => c.json({ healthy: true }))
    .get('/account', (c) => c.json(account(c.var.principal, quota)));
  if (generation === 'current') {
    app.get('/config', (c) => c.json({ base_url: '', app_root: '/', config_hash: 'simulator' }));
  }
  return app;
}
