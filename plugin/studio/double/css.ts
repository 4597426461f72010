/** What UXP's style engine does not know: it drops such declarations without a word. */
const DROPPED: readonly (readonly [property: RegExp, value: RegExp])[] = [
  [/^display$/, /grid|table|contents|flow-root/],
  [/^grid(-|$)/, /.*/],
  [/^(row-|column-)?gap$/, /.*/],
  [/^(animation|transition)(-|$)/, /.*/],
  [/^float$/, /.*/],
  [/^text-transform$/, /.*/],
  [/^font$/, /.*/],
  [/^box-shadow$/, /.*/],
  [/^transform$/, /.*/],
  [/^position$/, /sticky/],
]

/** The declarations of a style sheet that have no effect in UXP, as `property: value`, in their order. */
export function ignoredCss(sheet: string): readonly string[] {
  const bare = sheet.replaceAll(/\/\*.*?\*\//gs, '')
  const declarations = bare.matchAll(/(?<=[{;]\s*)([\w-]+)\s*:\s*([^;{}]+?)\s*(?=[;}])/g)
  return [...declarations]
    .map(([, property = '', value = '']) => [property.toLowerCase(), value] as const)
    .filter(([property, value]) => DROPPED.some(([name, worth]) => name.test(property) && worth.test(value)))
    .map(([property, value]) => `${property}: ${value}`)
}
