import { mutate, type Mutation } from '../mutate.ts'
import type { Check } from '../tree.ts'

const LOGITS: Check = { file: 'starter/judge', name: 'logits equal' }
const KNOWN: Check = { file: 'starter/judge', name: 'names nearly all' }
const OKLAB: Check = { file: 'starter/colours', name: 'black is as far' }
const EDGE: Check = { file: 'starter/colours', name: 'background is' }
const FIGURES: Check = { file: 'starter/measure', name: 'shares, distances' }
const LEFT: Check = { file: 'starter/measure', name: 'what is left' }
const network = 'companion/starter/evaluate/judge-network.ts'
const colours = 'companion/starter/evaluate/colours.ts'
const judge = 'companion/starter/evaluate/judge.ts'
const table = 'companion/starter/evaluate/table.ts'

/** What measures the starter model. */
export const STARTER_MEASURE: readonly Mutation[] = [
  mutate(network, LOGITS)(
    'a stage that does not halve',
    "w.at('down', stage), width, 2)",
    "w.at('down', stage), width, 1)",
  ),
  mutate(network, LOGITS)(
    'no way beside a convolution',
    "h = add(h, conv(h, w.at('beside', stage), width, 1))",
    "h = conv(h, w.at('beside', stage), width, 1)",
  ),
  mutate(network, LOGITS)('a sum for the mean', '.fill(1 / n)', '.fill(1)'),
  mutate(judge, KNOWN)('the judge sees 0..1', 'mean: 127.5, scale: 127.5', 'mean: 0, scale: 255'),
  mutate(colours, OKLAB)('another matrix to light', '0.5363325363', '0.5363325363e-1'),
  mutate(colours, OKLAB)('another matrix to Oklab', '0.4505937099', '0.4505937099e1'),
  mutate(colours, OKLAB)('no gamma', '((v + 0.055) / 1.055) ** 2.4', 'v'),
  mutate(colours, OKLAB)('diagonals longer than 1', 'const DIAGONAL = 1 / Math.sqrt(3)', 'const DIAGONAL = 1'),
  mutate(colours, EDGE)('an edge as wide as the picture', 'const EDGE = 2', 'const EDGE = 16'),
  mutate('companion/starter/evaluate/measure.ts', FIGURES)(
    'time to load counted',
    'painter.seconds.slice(1)',
    '[painter.seconds[0]!]',
  ),
  mutate(table, LEFT)('four are enough', 'const ENOUGH = 5', 'const ENOUGH = 4'),
  mutate(table, LEFT)('five are not enough', 'const ENOUGH = 5', 'const ENOUGH = 6'),
]
