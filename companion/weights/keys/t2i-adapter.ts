import { firstOf, keyMap, type Place } from './key-map.ts'

/** Features, and resnets of each. */
const FEATURES = [0, 1, 2, 3]
const RESNETS = 2

/** The first files count all resnets in one list; the convolution that changes the width stands in the first of two. */
const ORIGINAL = FEATURES.flatMap((i): Place[] => [
  [`body.${RESNETS * i}.in_conv`, `body.${i}.in_conv`],
  ...Array.from({ length: RESNETS }, (_, j) => `${RESNETS * i + j}`).flatMap((n, j): Place[] =>
    ['block1', 'block2'].map((part) => [`body.${n}.${part}`, `body.${i}.resnets.${j}.${part}`]),
  ),
])

const DIFFUSERS = FEATURES.flatMap((i): Place[] => [
  [`adapter.body.${i}.in_conv`, `body.${i}.in_conv`],
  [`adapter.body.${i}.resnets`, `body.${i}.resnets`],
])

/** A T2I-Adapter's names, original or diffusers', to those of diffusers without their beginning. */
export const t2iAdapterKeys = firstOf(
  keyMap([['adapter.conv_in', 'conv_in'], ...DIFFUSERS]),
  keyMap([['conv_in', 'conv_in'], ...ORIGINAL]),
)
