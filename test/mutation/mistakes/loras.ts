import { mutate, type Mutation } from '../mutate.ts'
import type { Check } from '../tree.ts'

const NAMES: Check = { file: 'lora/names', name: 'lora|^(unet|base_model|down|up|text_encoder)' }
const ORIGINAL: Check = { file: 'lora/names', name: "every layer of tiny15's UNet" }
const ALPHA: Check = { file: 'lora/alpha', name: 'alpha|count' }
const PEFT: Check = { file: 'lora/alpha', name: 'PEFT' }
const REFUSED: Check = { file: 'lora/refusals', name: 'kinds|place|factors' }
const MERGED: Check = { file: 'lora/merged', name: 'layer|convolution|two at once' }
const keptOf = (name: string): Check => ({ file: 'lora/kept', name: `another weight of one that ${name}` })
const LOADED: Check = { file: 'lora/kept', name: 'alone|second LoRA' }
const FACE: Check = { file: 'lora/face-lora', name: 'projection|once' }
const BOTH: Check = { file: 'lora/face-lora', name: 'two adapters' }

const lora = (file: string) => `companion/weights/lora/${file}.ts`
const layers = 'companion/graph/nn.ts'
const applied = 'companion/models/lora.ts'
const faces = 'companion/models/face-lora.ts'
const job = 'companion/jobs/loras.ts'
const weights = 'companion/weights/weights.ts'

/** LoRAs: what a name means, how much a product counts, where it is added, and what it has computed anew. */
export const LORAS: readonly Mutation[] = [
  ...(
    [
      ["unet: ['lora_unet_']", "unet: ['lora_unet.']"],
      ["text_encoder: ['lora_te_', 'lora_te1_']", "text_encoder: ['lora_te_']"],
      ["text_encoder: ['lora_te_', 'lora_te1_']", "text_encoder: ['lora_te1_']"],
      ["text_encoder_2: ['lora_te2_']", "text_encoder_2: ['lora_te1_']"],
      ["unet: ['unet.', '', 'base_model.model.']", "unet: ['unet.', 'base_model.model.']"],
      ["unet: ['unet.', '', 'base_model.model.']", "unet: ['unet.', '']"],
      ["unet: ['unet.', '', 'base_model.model.']", "unet: ['', 'base_model.model.']"],
      ["text_encoder: ['text_encoder.']", "text_encoder: ['text_encoder_1.']"],
      ["text_encoder_2: ['text_encoder_2.']", "text_encoder_2: ['text_encoder.']"],
      ['...originalUNetNames(module),', ''],
      ["projection.replace(/\\.0$/, '')", 'projection'],
      ['`${attention}.processor.${name}`', '`${attention}.processors.${name}`'],
      ['[`text_model.${name}`, name]', '[`text_model.${name}`]'],
      ['[`text_model.${name}`, name]', '[name]'],
      ["'self_attn.to_$1'", "'self_attn.$1_proj'"],
      [".replace(/out_proj$/, 'to_out')", ''],
    ] as const
  ).map(([from, to]) => mutate(lora('aliases'), NAMES)(`a LoRA's name: ${to} for ${from}`, from, to)),
  mutate(lora('pieces'), NAMES)("an adapter's name without a hyphen", 'lora_A(\\.[^.]+)?', 'lora_A(\\.\\w+)?'),
  mutate('companion/weights/keys/key-map.ts', ORIGINAL)(
    'parts of original resnets by their new names',
    '[joined(from, part)]',
    '[joined(from, name)]',
  ),
  mutate(lora('pieces'), ALPHA)(
    'alphas of older diffusers',
    '(_lora|\\.lora|\\.lora_linear_layer)?\\.alpha$',
    '\\.alpha$',
  ),
  mutate(lora('read-lora'), ALPHA)('an alpha that no rank divides', 'readNumber(alpha) / rank', 'readNumber(alpha)'),
  mutate(lora('read-lora'), ALPHA)(
    'a missing alpha of 0',
    '(peft?.(part, module, rank) ?? 1)',
    '(peft?.(part, module, rank) ?? 0)',
  ),
  mutate(lora('read-lora'), ALPHA)(
    'an alpha divided by the width',
    'const [rank = 0] = down.shape',
    'const [, rank = 0] = down.shape',
  ),
  mutate(lora('peft-alpha'), PEFT)('the rank where its root divides', 'Math.sqrt(rank)', 'rank'),
  mutate(lora('peft-alpha'), PEFT)('the root where the rank divides', 'rooted ? ', '!rooted ? '),
  mutate(lora('peft-alpha'), PEFT)('no settings, no change', 'if (!settings) return 1', 'if (!settings) return 0'),
  mutate(lora('peft-alpha'), PEFT)('no alpha, no change', 'alpha === undefined ? 1', 'alpha === undefined ? 0'),
  mutate(lora('peft-alpha'), PEFT)(
    'no alpha for single modules',
    'named === undefined ? usual : single[named]',
    'usual',
  ),
  mutate(lora('peft-alpha'), PEFT)('half words in patterns', 'path.endsWith(`.${name}`)', 'path.endsWith(name)'),
  mutate(lora('peft-alpha'), PEFT)('towers without their beginning', '`.text_model.${module}`', '`.${module}`'),
  mutate(lora('pieces'), REFUSED)('DoRA passed over', 'dora_scale|', ''),
  mutate(lora('pieces'), REFUSED)("PEFT's DoRA passed over", '|lora_magnitude_vector(\\.weight)?', ''),
  mutate(lora('pieces'), REFUSED)('LoHa passed over', '/\\.hada_/', '/\\.hadamard_/'),
  mutate(lora('pieces'), REFUSED)('LoKr passed over', '/\\.lokr_/', '/\\.kron_/'),
  mutate(lora('pieces'), REFUSED)('cores passed over', '/\\.lora_mid\\./', '/\\.lora_core\\./'),
  mutate(lora('pieces'), REFUSED)('OFT passed over', '(oft|boft)_', '(boft)_'),
  mutate(lora('pieces'), REFUSED)('whole changes passed over', '(diff|diff_b|w_norm|b_norm)', '(diff_b|w_norm|b_norm)'),
  mutate(lora('read-lora'), REFUSED)('tables of words as layers', '(?<!embedding)', ''),
  mutate(lora('read-lora'), REFUSED)(
    'the second of two counts',
    'if (pieces[piece.piece])',
    'if (pieces[piece.piece] === tensor)',
  ),
  mutate(lora('low-rank'), REFUSED)('any width', '[down, [rank, into, ...kernel]]', '[down, down.shape]'),
  mutate(lora('low-rank'), REFUSED)('any rank', '[up, [out, rank]]', '[up, [out, up.shape[1]!]]'),
  mutate(lora('low-rank'), REFUSED)('a rank of 0', 'rank === 0 ||', ''),
  mutate(lora('low-rank'), REFUSED)(
    'kernels passed over',
    'shape.slice(2).every((side) => side === 1)',
    'shape.length > 0',
  ),
  mutate(lora('low-rank'), REFUSED)('any alpha', '!Number.isFinite(factor)', 'factor === undefined'),
  mutate(layers, MERGED)(
    'the strength alone',
    'x.graph.input(strength, [1]), factor)',
    'x.graph.input(strength, [1]), 1)',
  ),
  mutate(layers, MERGED)(
    'one strength for all of a layer',
    'x.graph.inputs.get(strength) ??',
    '[...x.graph.inputs.values()][1] ??',
  ),
  mutate(layers, MERGED)('the last of several alone', 'return op.add(sum, op.gemm(', 'return op.add(y, op.gemm('),
  mutate(layers, MERGED)(
    'a branch that does not halve the picture',
    'op.conv(x, down, undefined, { stride, pads })',
    'op.conv(x, down, undefined, { stride: 1, pads })',
  ),
  mutate(layers, MERGED)(
    'a branch that halves it twice',
    'op.conv(low, up, undefined, { stride: 1',
    'op.conv(low, up, undefined, { stride',
  ),
  mutate(layers, MERGED)(
    'factors in their own shape',
    'x.graph.weight(branch.up, [out, rank, 1, 1])',
    'x.graph.weight(branch.up, branch.up.shape)',
  ),
  mutate(weights, MERGED)('branches of another place', 'branches.get(prefix + name) ?? []', 'branches.get(name) ?? []'),
  mutate(applied, LOADED)(
    'a changed network by its old name',
    '[part.identity, ...own.map(({ lora }) => lora.identity)]',
    '[part.identity]',
  ),
  mutate(applied, BOTH)(
    'one branch for a weight',
    '[...(branches.get(tensor) ?? []), { ...change, strength }]',
    '[{ ...change, strength }]',
  ),
  mutate('companion/jobs/time-shifts.ts', keptOf('counts'))(
    'times of another weight',
    'of ${stateOf(part)}',
    'of ${identity}',
  ),
  mutate('companion/jobs/time-shifts.ts', keptOf('counts'))(
    'a network of times for each weight',
    '`time of ${identity}`',
    '`time of ${stateOf(part)}`',
  ),
  mutate('companion/jobs/text-states.ts', keptOf('words'))(
    'words of another weight',
    'of ${stateOf(tower)}',
    'of ${identity}',
  ),
  mutate('companion/jobs/prompt.ts', keptOf('words'))(
    'keys of the words of another weight',
    'towers.map(stateOf).join()',
    'towers.map(({ identity }) => identity).join()',
  ),
  mutate('companion/jobs/prompt.ts', keptOf('reads'))(
    'keys of another weight',
    'for ${stateOf(unet)}',
    'for ${unet.identity}',
  ),
  mutate(faces, FACE)("a face's LoRA by half", 'FACTOR = 1', 'FACTOR = 0.5'),
  mutate(faces, FACE)(
    'self-attention for cross-attention',
    "{ attention: 'attn1', n: adapterIndex - 1 }",
    "{ attention: 'attn1', n: adapterIndex }",
  ),
  mutate(faces, FACE)('no way out', "out: 'to_out.0'", "out: 'to_out.1'"),
  mutate(job, FACE)("ComfyUI's strength of a face's LoRA", 'FACE_WEIGHT = 1', 'FACE_WEIGHT = 0.6'),
  mutate(job, FACE)(
    'once for each reference',
    '[...new Set(references.map(({ adapter }) => adapter))]',
    'references.map(({ adapter }) => adapter)',
  ),
]
