import { controlNetGraph, controlTimeGraph } from '../networks/controlnet.ts'
import { leftForWayUp, type UNetConfig } from '../networks/unet-layout.ts'
import { prefixed, type Tensor, type Tensors } from '../runtime/tensor.ts'
import type { EncodedControl } from './controls.ts'
import { acts } from './part-of-steps.ts'
import { timeShifts, type Told } from './time-shifts.ts'
import type { Workshop } from './workshop.ts'

type Size = { readonly width: number; readonly height: number }

/** A step of a run as controls see it. */
interface Step {
  readonly i: number
  readonly n: number
  readonly branch: 'prompt' | 'none'
}

/** What all controls together add to the UNet's skips and middle before step i of n: zeros where none acts. */
export async function controlInputs(
  shop: Workshop,
  controls: readonly EncodedControl[],
  { config, size }: { readonly config: UNetConfig; readonly size: Size },
  x: Float32Array,
  { branch, ...step }: Step,
  told: Omit<Told, 'guidance'>,
): Promise<Tensors> {
  if (controls.length === 0) return {}
  const sums: Record<string, Tensor> = {}
  for (const { name, shape } of leftForWayUp(config, size)) {
    sums[name] = { shape, data: new Float32Array(shape.reduce((a, b) => a * b)) }
  }
  for (const control of controls) {
    const keysValues = actingKeysValues(control, { ...step, branch })
    if (!keysValues) continue
    const made = await evaluated(shop, control, keysValues, size, x, told)
    for (const [name, { data }] of Object.entries(made)) {
      const sum = sums[name]!.data
      data.forEach((value, i) => (sum[i]! += value))
    }
  }
  return prefixed('control', sums)
}

/** A name for what each control adds at a step, equal for equal latents; those that rest have none. */
export const controlKeys = (controls: readonly EncodedControl[], step: Step): string[] =>
  controls.map((control) =>
    actingKeysValues(control, step) ? `${control.key} reading ${control.reads[step.branch]!.key}` : 'a control rests',
  )

/** What a control reads at a step; undefined where it adds nothing. */
function actingKeysValues(control: EncodedControl, { branch, ...step }: Step): Tensors | undefined {
  const isNothing = !acts(control, step) || control.weights.data.every((weight) => weight === 0)
  return isNothing ? undefined : control.keysValues[branch]
}

async function evaluated(
  shop: Workshop,
  { net, hint, tokens, weights }: EncodedControl,
  keysValues: Tensors,
  size: Size,
  x: Float32Array,
  told: Omit<Told, 'guidance'>,
): Promise<Tensors> {
  const { networks } = shop
  const { config, ledger, identity } = net
  const key = `controlnet ${size.width}x${size.height} ${tokens} of ${identity}`
  const timeGraph = () => controlTimeGraph(ledger.weights, config, networks.options)
  return networks.run(key, () => controlNetGraph(ledger.weights, config, { ...size, tokens }, networks.options), {
    sample: { shape: [1, config.inChannels, size.height, size.width], data: x },
    hint,
    weights,
    ...(await timeShifts(shop, net, timeGraph, { ...told, guidance: 0 })),
    ...prefixed('text', keysValues),
  })
}
