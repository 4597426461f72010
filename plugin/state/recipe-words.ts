/** What the panel calls the parts of a recipe. */
const PLACES: Readonly<Record<string, string>> = {
  prompt: 'The prompt',
  negativePrompt: 'What the picture is to be without',
  size: 'The size',
  'size.0': 'The width',
  'size.1': 'The height',
  steps: 'The steps',
  guidance: 'The guidance',
  sampler: 'The sampler',
  loras: 'The LoRAs',
  seed: 'The seed',
  checkpoint: 'The model',
  references: 'The references',
  source: 'What the picture starts from',
  'source.strength': 'How much is painted anew',
}

const PARTS: Readonly<Record<string, string>> = {
  weight: 'The weight of reference',
  mask: 'Where it acts, of reference',
  mode: 'What is followed of reference',
}

/** A sentence about a recipe's key ("recipe.references.0.weight: …") as one about what the panel shows. */
export function plainly(message: string): string {
  const [, path, fault] = /^recipe(?:\.([\w.]+))?: (.+)$/s.exec(message) ?? []
  if (fault === undefined) return message
  return `${placeOf(path ?? '')}: ${fault}`
}

function placeOf(path: string): string {
  const [, number, part = ''] = /^references\.(\d+)(?:\.(\w+))?/.exec(path) ?? []
  if (number !== undefined) return `${PARTS[part] ?? 'Reference'} ${Number(number) + 1}`
  const [first = ''] = path.split('.')
  return PLACES[path] ?? PLACES[first] ?? 'The recipe'
}
