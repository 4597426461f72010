import type { StoredTensor } from '../safetensors.ts'
import { firstOf, keeping, keyMap, type KeyMap, type Parts, type Place, type Target, translate } from './key-map.ts'

/** The largest tower, ViT-bigG, has 48 layers. */
const LAYERS = Array.from({ length: 64 }, (_, layer) => layer)

const BLOCK: Parts = {
  ln_1: 'layer_norm1',
  ln_2: 'layer_norm2',
  'mlp.c_fc': 'mlp.fc1',
  'mlp.c_proj': 'mlp.fc2',
  'attn.out_proj': 'self_attn.out_proj',
}

const layer = (tower: string, i: number): string => `${tower}.encoder.layers.${i}`

/** OpenCLIP's transformer beneath `from`, whose queries, keys and values are stored as one. */
function transformer(from: string, tower: string): KeyMap {
  const whole = keyMap(LAYERS.map((i): Place => [`${from}.resblocks.${i}`, layer(tower, i), BLOCK]))
  const joined = new Map(
    LAYERS.flatMap((i) =>
      ['weight', 'bias'].map((leaf): [string, Target[]] => [
        `${from}.resblocks.${i}.attn.in_proj_${leaf}`,
        (['q_proj', 'k_proj', 'v_proj'] as const).map((name, third) => ({
          name: `${layer(tower, i)}.self_attn.${name}.${leaf}`,
          third: third as 0 | 1 | 2,
        })),
      ]),
    ),
  )
  return firstOf((name) => joined.get(name), whole)
}

/** A text tower in Hugging Face's names, whose `text_model` some files leave out. */
export const clipTextKeys: KeyMap = firstOf(
  keeping('text_model', 'text_projection'),
  keyMap(['embeddings', 'encoder', 'final_layer_norm'].map((part): Place => [part, `text_model.${part}`])),
)

/** OpenCLIP's text tower in Hugging Face's names. */
export const openClipTextKeys: KeyMap = firstOf(
  transformer('transformer', 'text_model'),
  keyMap([
    ['token_embedding', 'text_model.embeddings.token_embedding'],
    ['positional_embedding', 'text_model.embeddings.position_embedding.weight'],
    ['ln_final', 'text_model.final_layer_norm'],
    ['text_projection', 'text_projection', { '': { name: 'weight', transposed: true } }],
  ]),
)

/** OpenCLIP's vision tower, without its prefix `visual`, in Hugging Face's names. */
export const openClipVisionKeys: KeyMap = firstOf(
  transformer('transformer', 'vision_model'),
  keyMap([
    ['conv1', 'vision_model.embeddings.patch_embedding'],
    ['class_embedding', 'vision_model.embeddings.class_embedding'],
    ['positional_embedding', 'vision_model.embeddings.position_embedding.weight'],
    // The misspelling is Hugging Face's.
    ['ln_pre', 'vision_model.pre_layrnorm'],
    ['ln_post', 'vision_model.post_layernorm'],
    ['proj', 'visual_projection', { '': { name: 'weight', transposed: true } }],
  ]),
)

const BESIDE_VISION =
  /^(text_model|text_projection|logit_scale|logit_bias|transformer|token_embedding|positional_embedding|ln_final|attn_mask)(\.|$)/

/** The vision tower of a file in Hugging Face's names, or in OpenCLIP's with the prefix `visual` or without; a text tower beside it is left out. */
export function visionTensors(tensors: ReadonlyMap<string, StoredTensor>): ReadonlyMap<string, StoredTensor> {
  const hugging = tensors.has('vision_model.embeddings.class_embedding')
  const prefix = !hugging && tensors.has('visual.class_embedding') ? 'visual.' : ''
  if (!hugging && prefix === '') return translate(tensors, openClipVisionKeys)
  const own = [...tensors].filter(([name]) => !BESIDE_VISION.test(name))
  return hugging
    ? new Map(own)
    : translate(new Map(own.map(([name, tensor]) => [name.replace(/^visual\./, ''), tensor])), openClipVisionKeys)
}
