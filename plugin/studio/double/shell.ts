import type { Switches } from './switches.ts'

/** `requiredPermissions.launchProcess` of a manifest. */
export interface LaunchPermission {
  readonly schemes?: readonly string[]
  readonly extensions?: readonly string[]
}

/** One attempt to open something outside Photoshop. */
interface Launch {
  readonly target: string
  readonly answer: string
}

/** `uxp.shell`: resolves "" when the manifest allows it and the user consents, else with words; never rejects for a no. */
export function createShell(permission: LaunchPermission | null, switches: Switches) {
  const launches: Launch[] = []
  const open = (target: string, allowed: boolean): string => {
    const answer = !allowed
      ? 'The manifest does not allow to open this.'
      : switches.openPathDenied
        ? 'The user denied the request.'
        : ''
    launches.push({ target, answer })
    return answer
  }
  return {
    launches,
    uxp: {
      async openPath(path: string): Promise<string> {
        await Promise.resolve()
        if (!permission) throw new Error('Permission denied. Manifest entry not found: launchProcess')
        const name = path.slice(path.lastIndexOf('/') + 1)
        const extension = name.includes('.') ? name.slice(name.lastIndexOf('.')) : ''
        const allowed =
          permission.extensions?.some((known) => known.replace(/^\.?/, '.') === (extension || '.')) ?? false
        return open(path, allowed)
      },
      async openExternal(url: string): Promise<string> {
        await Promise.resolve()
        if (!permission) throw new Error('Permission denied. Manifest entry not found: launchProcess')
        const scheme = URL.canParse(url) ? new URL(url).protocol.slice(0, -1) : ''
        return open(url, scheme !== 'file' && (permission.schemes?.includes(scheme) ?? false))
      },
    },
  }
}
