// How long to wait before trying again. Pure; timers and network are with the caller.

/** Milliseconds before attempt number `attempt` (1 = first retry): 0.5 s doubling to 15 s, each spread over half to full. */
export function retryDelay(attempt: number, random: () => number = Math.random): number {
  const ceiling = Math.min(15_000, 500 * 2 ** Math.max(0, attempt - 1));
  return ceiling / 2 + (ceiling / 2) * random();
}

/** `Retry-After` in milliseconds (seconds or an HTTP date), or null where there is none that can be read. */
export function retryAfter(header: string | null, now: number): number | null {
  if (!header) return null;
  if (/^\d+$/.test(header.trim())) return Math.min(Number(header) * 1000, 300_000);
  const at = Date.parse(header);
  return Number.isNaN(at) ? null : Math.min(Math.max(0, at - now), 300_000);
}
