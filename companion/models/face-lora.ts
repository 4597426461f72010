import { basename } from 'node:path'
import { ImprintError } from '../../shared/errors.ts'
import { crossAttentions, unetLayout, type UNetConfig } from '../networks/unet-layout.ts'
import { lowRank } from '../weights/lora/low-rank.ts'
import type { StoredTensor } from '../weights/safetensors.ts'
import type { LowRank } from '../weights/weights.ts'
import { FACE_LORA, type Adapter } from './adapter.ts'
import type { Checkpoint } from './checkpoint.ts'
import type { Lora } from './lora.ts'

/** FaceID adapters bring low-rank changes of every attention's own projections along, which have no alpha. */
const FACTOR = 1

const PROJECTIONS = { q: 'to_q', k: 'to_k', v: 'to_v', out: 'to_out.0' } as const

/**
 * The LoRA inside an adapter's file, for the UNet alone: `ip_adapter.N.to_{q,k,v,out}_lora.{down,up}.weight`, where N counts
 * self- and cross-attentions in turn. Undefined where the adapter has none; throws `model-unsupported` for one that does not
 * fit. It changes what cross-attentions make of text, never what they make of image tokens.
 */
export function faceLora(
  { ledger, identity, file }: Adapter,
  { unet, name }: Pick<Checkpoint, 'unet' | 'name'>,
): Lora | undefined {
  const changes = new Map<string, LowRank>()
  for (const { module, stored } of attentionModules(unet.config)) {
    const down = ledger.tensors.get(`${stored}.down.weight`)
    const up = ledger.tensors.get(`${stored}.up.weight`)
    if (down && up) changes.set(`${module}.weight`, lowRank({ down, up, factor: FACTOR }, weightOf(unet, module), name))
  }
  const all = [...ledger.tensors.keys()].filter((tensor) => FACE_LORA.test(tensor))
  if (all.length !== 2 * changes.size)
    throw new ImprintError(
      'model-invalid',
      `${basename(file)} has ${all.length} tensors of a LoRA, of which ${2 * changes.size} fit "${name}". Download it again.`,
    )
  return changes.size === 0 ? undefined : { identity, changes: new Map([['unet', changes]]) }
}

function weightOf({ ledger }: Checkpoint['unet'], module: string): StoredTensor {
  return ledger.tensors.get(`${module}.weight`)!
}

/** Every projection of every attention: its path in the UNet, and what its change is called in an adapter's file. */
function attentionModules(config: UNetConfig): readonly { readonly module: string; readonly stored: string }[] {
  return crossAttentions(unetLayout(config)).flatMap(({ path, adapterIndex }) =>
    [
      { attention: 'attn1', n: adapterIndex - 1 },
      { attention: 'attn2', n: adapterIndex },
    ].flatMap(({ attention, n }) =>
      Object.entries(PROJECTIONS).map(([short, projection]) => ({
        module: `${path}.${attention}.${projection}`,
        stored: `ip_adapter.${n}.to_${short}_lora`,
      })),
    ),
  )
}
