import { statSync } from 'node:fs'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import process from 'node:process'
import { ImprintError } from '../../shared/errors.ts'
import { folderSet } from '../server/settings.ts'

/** The folder that holds the model which comes with Imprint, and that model. */
const STARTER_FOLDER = join(import.meta.dirname, '..', 'starter', 'models')
export const STARTER = join(STARTER_FOLDER, 'starter')

/** A folder of this person's Imprint: IMPRINT_HOME, or `.imprint` in their home. */
export const dataFolder = (name = ''): string => join(process.env['IMPRINT_HOME'] ?? join(homedir(), '.imprint'), name)

/** Where models are looked for, see `modelFoldersWith`, with what is set in the panel. */
export const modelFolders = (given: string | undefined): string[] => modelFoldersWith(given, folderSet(dataFolder()))

/**
 * Where models are looked for: the given folder, or the person's own and the one that is set in the panel, and then the
 * starter model. Throws `model-missing` for a given one that is not there.
 */
export function modelFoldersWith(given: string | undefined, set: string | undefined): string[] {
  const folder = given === undefined ? dataFolder('models') : resolve(given)
  if (given !== undefined && !statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    throw new ImprintError(
      'model-missing',
      `--models: there is no folder ${folder}. Name the folder your models are in.`,
    )
  }
  return [folder, ...(given !== undefined || set === undefined ? [] : [set]), STARTER_FOLDER]
}
