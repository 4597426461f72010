import { join } from 'node:path'
import { readPictures } from '../../companion/cli/pictures.ts'
import { recipeFromOptions } from '../../companion/cli/recipe-options.ts'
import type { Engine } from '../../companion/engine/engine.ts'
import { writeSafetensors } from '../../companion/weights/write.ts'
import { fixture } from './golden.ts'

/** Makes a case with an engine that may have made others before; returns the dump's path inside `folder`. */
export async function makeCase(engine: Engine, name: string, folder: string): Promise<string> {
  const path = join(folder, `${name}.safetensors`)
  const recipe = recipeFromOptions({ recipe: fixture('cases', `${name}.json`) })
  const pictures = await readPictures(recipe, folder)
  for await (const event of engine.generate({ recipe, pictures, dump: true }, new AbortController().signal))
    if (event.type === 'result') await writeSafetensors(path, event.dump!)
  return path
}
