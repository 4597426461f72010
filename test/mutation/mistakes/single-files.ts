import { mutate, type Mutation } from '../mutate.ts'
import type { Check } from '../tree.ts'

const FAMILIES: Check = { file: 'models/single-files', name: 'SD1.5 is what|SDXL has two|marks of velocities' }

const CHOICE: Check = { file: 'models/single-files', name: 'uses a file where there is no folder' }
const NUMBERS: Check = { file: 'models/single-file-variants', name: 'BF16' }

const file = mutate('companion/models/checkpoint-file.ts', FAMILIES)

/** What a checkpoint in one file leaves unsaid. */
export const SINGLE_FILES: readonly Mutation[] = [
  file('the size of SDXL pictures', 'sdxl: 1024', 'sdxl: 512'),
  file('the size of SD1.5 pictures', 'sd15: 512', 'sd15: 768'),
  file('what fills up the second prompt', "padding: '!'", "padding: '<|endoftext|>'"),
  file('the training steps', 'trainSteps: 1000', 'trainSteps: 100'),
  file('the first noise', 'betaStart: 0.00085', 'betaStart: 0.0001'),
  file('the last noise', 'betaEnd: 0.012', 'betaEnd: 0.02'),
  file('where steps begin', 'stepsOffset: 1', 'stepsOffset: 0'),
  file('the last alpha', 'alphaToOne: false', 'alphaToOne: true'),
  file('the samplers of the families', "? 'pndm' : 'euler'", "? 'euler' : 'pndm'"),
  file('the mark of velocities', "has('v_pred')", "has('velocities')"),
  file('where a model begins that knows noise alone', "zeroSnr ? 'trailing' : family", "zeroSnr ? 'leading' : family"),
  mutate('companion/models/library.ts', CHOICE)(
    'files before folders',
    'whole.filter(({ isFolder }) => isFolder), ...whole.filter(({ isFolder }) => !isFolder)',
    'whole.filter(({ isFolder }) => !isFolder), ...whole.filter(({ isFolder }) => isFolder)',
  ),
  mutate('companion/graph/graph.ts', NUMBERS)('BF16 read as F16', 'bfloat16: 16', 'bfloat16: 10'),
]
