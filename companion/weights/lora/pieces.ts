/** What a tensor of a LoRA file is to the module it changes. */
export type Piece = 'down' | 'up' | 'alpha'

/** How the ways of writing a LoRA end their tensors' names; what comes before is the module. */
const ENDS: readonly (readonly [end: RegExp, piece: Piece])[] = [
  [/\.lora_down\.weight$/, 'down'],
  [/\.lora_up\.weight$/, 'up'],
  // PEFT may say in between what the adapter is called.
  [/\.lora_A(\.[^.]+)?\.weight$/, 'down'],
  [/\.lora_B(\.[^.]+)?\.weight$/, 'up'],
  [/(_lora|\.lora|\.lora_linear_layer)\.down\.weight$/, 'down'],
  [/(_lora|\.lora|\.lora_linear_layer)\.up\.weight$/, 'up'],
  [/(_lora|\.lora|\.lora_linear_layer)?\.alpha$/, 'alpha'],
]

/** Changes of weights that are no product of two factors beside the weight. */
const OTHER_KINDS: readonly (readonly [name: RegExp, kind: string])[] = [
  [/\.(dora_scale|lora_magnitude_vector(\.weight)?)$/, 'a DoRA'],
  [/\.hada_/, 'a LoHa'],
  [/\.lokr_/, 'a LoKr'],
  [/\.lora_mid\./, 'a LoCon with a Tucker core'],
  [/\.(oft|boft)_/, 'an OFT'],
  [/\.(diff|diff_b|w_norm|b_norm)$/, 'a LoRA with whole changes of weights'],
]

/** The module and the piece that a tensor's name stands for; undefined for what is no piece of a LoRA. */
export function pieceOf(name: string): { readonly module: string; readonly piece: Piece } | undefined {
  for (const [end, piece] of ENDS) {
    const found = end.exec(name)
    if (found) return { module: name.slice(0, found.index), piece }
  }
  return undefined
}

/** What a file is that holds a tensor of this name, where it is another kind of change than a LoRA. */
export const otherKind = (name: string): string | undefined => OTHER_KINDS.find(([other]) => other.test(name))?.[1]
