import { applyLoras } from '../models/lora.ts'
import { faceLora } from '../models/face-lora.ts'
import type { Checkpoint } from '../models/checkpoint.ts'
import type { CompleteRecipe } from './defaults.ts'
import type { Workshop } from './workshop.ts'

/** The change inside a face adapter's file belongs to its weights: it counts whole, however much of the face is taken. */
const FACE_WEIGHT = 1

/** The checkpoint with the recipe's LoRAs, and with those inside its face adapters, each once; throws what opening them throws. */
export function withLoras(
  { library }: Workshop,
  checkpoint: Checkpoint,
  { loras, references }: Pick<CompleteRecipe, 'loras' | 'references'>,
): Checkpoint {
  const named = loras.map(({ file, weight }) => ({ lora: library.lora(file, checkpoint), weight }))
  const inside = [...new Set(references.map(({ adapter }) => adapter))].flatMap((name) => {
    const lora = faceLora(library.adapter(name, checkpoint).adapter, checkpoint)
    return lora ? [{ lora, weight: FACE_WEIGHT }] : []
  })
  return applyLoras(checkpoint, [...named, ...inside])
}
