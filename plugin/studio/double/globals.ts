/**
 * Globals that Node or a browser has and UXP lacks (or, where no source says, is assumed to lack): code that runs in the
 * panel must do without them.
 */
export const UXP_LACKS = [
  'TextEncoder',
  'TextDecoder',
  'Worker',
  'SharedWorker',
  'SharedArrayBuffer',
  'indexedDB',
  'structuredClone',
  'queueMicrotask',
  'matchMedia',
  'MutationObserver',
  'OffscreenCanvas',
  'ImageData',
  'createImageBitmap',
  'EventSource',
  'FileReader',
  'WebAssembly',
  'Buffer',
  'process',
  'global',
  'importScripts',
] as const

/** Globals that a panel may use, by name; a vm sandbox is given these and nothing else. */
const UXP_HAS = [
  'setTimeout',
  'clearTimeout',
  'setInterval',
  'clearInterval',
  'console',
  'URL',
  'AbortController',
  'AbortSignal',
  'Blob',
  'atob',
  'btoa',
  'crypto',
  'performance',
  'document',
  'navigator',
  'localStorage',
  'sessionStorage',
  'fetch',
  'Event',
  'CustomEvent',
  'HTMLElement',
  'HTMLIFrameElement',
  'Node',
  'Element',
] as const

/** The globals UXP has, taken from a platform's (`globalThis`), with `crypto` cut down to what UXP knows. */
export function uxpGlobals(platform: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const globals: Record<string, unknown> = {}
  for (const name of UXP_HAS) if (platform[name] !== undefined) globals[name] = platform[name]
  const crypto = platform['crypto'] as Crypto | undefined
  if (crypto)
    globals['crypto'] = {
      getRandomValues: <T extends ArrayBufferView>(array: T): T => crypto.getRandomValues(array as never),
      randomUUID: () => crypto.randomUUID(),
    }
  globals['devicePixelRatio'] = 1
  return globals
}

/** `code` as a script that does not see what UXP lacks: each such name is an undefined local of a function around it. */
export const withoutForeignGlobals = (code: string): string =>
  `(function (${UXP_LACKS.join(', ')}) {\n${code}\n}).call(globalThis)`
