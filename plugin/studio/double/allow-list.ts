/** `requiredPermissions.network.domains` of a manifest. */
export type Domains = 'all' | readonly string[]

/**
 * Whether a manifest lets a plugin reach a URL: the bare word "all", or an entry equal in scheme, host and port. Wildcards,
 * entries without a scheme and "all" inside a list match nothing, as in Photoshop.
 */
export function isAllowed(url: URL, domains: Domains, numericLoopbackRefused: boolean): boolean {
  if (domains === 'all') return true
  if (numericLoopbackRefused && isNumericLoopback(url.hostname)) return false
  return domains.some((domain) => {
    if (domain.includes('*') || !URL.canParse(domain)) return false
    const entry = new URL(domain)
    return entry.protocol === url.protocol && entry.hostname === url.hostname && entry.port === url.port
  })
}

/** What UXP says when the manifest does not name a URL. */
export const denial = (url: string): Error =>
  new Error(`Permission denied to the url ${url}. Manifest entry not found.`)

const isNumericLoopback = (host: string): boolean => host.startsWith('127.') || host === '[::1]'
