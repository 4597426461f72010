import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import sharp from 'sharp'
import * as z from 'zod'
import { earlierSchema, type Earlier, type KeptSpace } from '../../shared/earlier.ts'
import { lookDistance, lookOf, lookSchema } from '../../shared/look.ts'
import { hashOnce } from '../../shared/picture-hash.ts'
import type { Raster } from '../../shared/raster.ts'
import type { Recipe } from '../../shared/recipe.ts'
import { partHash, partName, pictureNames, renamePictures } from '../../shared/recipe-pictures.ts'
import type { Score } from '../../shared/score.ts'
import { openJournal } from './journal.ts'
import { openPictureFiles } from './picture-files.ts'

/** A finished picture and all it was made of. */
export interface Finished {
  readonly recipe: Recipe
  /** The pictures the recipe names, by those names. */
  readonly pictures: Readonly<Record<string, Raster>>
  readonly picture: Raster
  readonly score?: Score | undefined
}

/** Every picture that was finished, newest first, kept on this machine until there is no room for it. */
export interface History {
  /** On the disk when it resolves. The oldest pictures make room, but for favourites and this one. */
  add(finished: Finished): Promise<Earlier>
  /**
   * Those made before the named one, or the newest, that hold every word of `search` in their prompt or names; with `look` those
   * that look like it, the nearest first.
   */
  list(asked: {
    readonly before?: string | undefined
    readonly search?: string | undefined
    readonly look?: string | undefined
    readonly limit: number
  }): readonly Earlier[]
  /** A finished picture; undefined for one that is not kept. */
  picture(id: string): Promise<Raster | undefined>
  /** A picture that some recipe names, by its hash. */
  named(hash: string): Promise<Raster | undefined>
  favourite(id: string, favourite: boolean): void
  remove(id: string): void
  space(): KeptSpace
  /** How many bytes of pictures it may keep from now on; room is made when the next one is added. */
  setQuota(bytes: number): void
  /** Once what is being added is there. */
  close(): Promise<void>
}

const happenedSchema = z.discriminatedUnion('what', [
  z.object({ what: z.literal('made'), picture: z.string(), look: lookSchema.optional(), entry: earlierSchema }),
  z.object({ what: z.literal('favourite'), id: z.string(), favourite: z.boolean() }),
  z.object({ what: z.literal('removed'), id: z.string() }),
])

interface Kept {
  readonly entry: Earlier
  /** The hash of the picture. */
  readonly picture: string
  /** Absent for what was kept before looks were. */
  readonly look?: string | undefined
}

/** How far apart two looks of one picture may be, which was scaled and converted, in 255ths. */
const SAME_LOOK = 3

/** Side in pixels of what stands for a picture in a list. */
const THUMBNAIL = 96

/** No picture takes so long from its file to its line in the journal. */
const LEFT_BEHIND_MS = 24 * 3600 * 1000

/** Opens the history in a folder; `bytes` is how many bytes of pictures it may keep. */
export function openHistory(folder: string, bytes: number): History {
  let quota = bytes
  const files = openPictureFiles(join(folder, 'pictures'))
  const journal = openJournal(join(folder, 'history.jsonl'), happenedSchema)
  const kept = new Map<string, Kept>()
  const favour = (id: string, favourite: boolean) => {
    const known = kept.get(id)
    if (known) kept.set(id, { ...known, entry: { ...known.entry, favourite } })
  }
  /** What a crash, or an earlier version, left of what was removed. */
  const left: string[] = []
  for (const happened of journal.before) {
    if (happened.what === 'made') kept.set(happened.entry.id, happened)
    else if (happened.what === 'favourite') favour(happened.id, happened.favourite)
    else if (kept.delete(happened.id)) left.push(happened.id)
  }
  journal.erase(left)
  /** Files of pictures that are being added: no entry names them yet. */
  const claims = new Set<Set<string>>()
  // Left behind by a crash; what is young may be another companion's, which has not named it yet.
  clear(files.olderThan(LEFT_BEHIND_MS))

  /** The files of an entry: its picture, and those its recipe names. */
  function filesOf({ entry, picture }: Kept): string[] {
    return [picture, ...pictureNames(entry.recipe).flatMap((name) => partHash(name) ?? [])]
  }
  /** Takes away those of these files that no entry needs, nor one to be. */
  function clear(hashes: readonly string[]): void {
    const needed = new Set([...kept.values()].flatMap(filesOf))
    for (const claim of claims) for (const hash of claim) needed.add(hash)
    for (const hash of hashes) if (!needed.has(hash)) files.remove(hash)
  }
  const used = () => files.bytes([...kept.values()].flatMap(filesOf))
  const forget = (id: string) => {
    const known = kept.get(id)
    if (!known) return
    kept.delete(id)
    journal.append({ what: 'removed', id })
    clear(filesOf(known))
    // What is gone leaves no words and no thumbnail behind.
    journal.erase([id])
  }
  function makeRoom(newest: string): void {
    for (const [id, { entry }] of kept) {
      if (used() <= quota) return
      if (!entry.favourite && id !== newest) forget(id)
    }
  }

  /** What is on its way to the disk. */
  const underWay = new Set<Promise<unknown>>()
  const add = async ({ recipe, pictures, picture, score }: Finished, claim: Set<string>): Promise<Earlier> => {
    const put = (one: Raster, hash = hashOnce(one)): Promise<string> => {
      claim.add(hash)
      return files.put(one, hash)
    }
    const names = new Map<string, string>()
    for (const [name, named] of Object.entries(pictures)) names.set(name, partName(await put(named, partHash(name))))
    const made: Kept = {
      picture: await put(picture),
      look: lookOf(picture),
      entry: {
        id: randomUUID(),
        at: new Date().toISOString(),
        recipe: renamePictures(recipe, (name) => names.get(name) ?? name),
        thumbnail: await thumbnailOf(picture),
        width: picture.width,
        height: picture.height,
        favourite: false,
        ...(score && { score }),
      },
    }
    // The files first: a crash in between leaves files that nobody names, never names without files.
    journal.append({ what: 'made', ...made })
    kept.set(made.entry.id, made)
    makeRoom(made.entry.id)
    return made.entry
  }

  return {
    add(finished) {
      const claim = new Set<string>()
      claims.add(claim)
      const adding = add(finished, claim).finally(() => {
        claims.delete(claim)
        underWay.delete(adding)
      })
      underWay.add(adding)
      return adding
    },
    list({ before, search = '', look, limit }) {
      const newest = [...kept.values()].reverse()
      const at = before === undefined ? -1 : newest.findIndex(({ entry }) => entry.id === before)
      // One that made room went as the oldest: nothing came before it.
      const from = before !== undefined && at < 0 ? newest.length : at + 1
      const words = search.toLowerCase().split(/\s+/)
      const holdsAll = (text: string) => words.every((word) => text.includes(word))
      const held = newest.slice(from).filter(({ entry }) => holdsAll(searchable(entry.recipe)))
      const found = look === undefined ? held : nearest(held, look)
      return found.slice(0, limit).map(({ entry }) => entry)
    },
    async picture(id) {
      const known = kept.get(id)
      return known && files.get(known.picture)
    },
    named: (hash) => files.get(hash),
    favourite(id, favourite) {
      if (!kept.has(id)) return
      journal.append({ what: 'favourite', id, favourite })
      favour(id, favourite)
    },
    remove: forget,
    space: () => ({ pictures: kept.size, bytes: used(), quota }),
    setQuota: (given) => void (quota = given),
    async close() {
      await Promise.allSettled(underWay)
      journal.close()
    },
  }
}

/** Those that look the same, the nearest first. */
const nearest = (all: readonly Kept[], look: string): Kept[] =>
  all
    .map((kept) => ({ kept, distance: kept.look === undefined ? Infinity : lookDistance(kept.look, look) }))
    .filter(({ distance }) => distance <= SAME_LOOK)
    .sort((one, other) => one.distance - other.distance)
    .map(({ kept }) => kept)

/** What a search looks through: what was asked for, and what models were asked. */
const searchable = ({ prompt, negativePrompt, checkpoint, references = [], loras = [] }: Recipe): string =>
  [
    prompt,
    negativePrompt,
    typeof checkpoint === 'object' ? checkpoint.file : checkpoint,
    ...references.map(({ adapter }) => adapter),
    ...loras.map(({ file }) => file),
  ]
    .join(' ')
    .toLowerCase()

async function thumbnailOf({ width, height, channels, data }: Raster): Promise<string> {
  const jpeg = await sharp(data, { raw: { width, height, channels } })
    .flatten({ background: 'white' })
    .resize(THUMBNAIL, THUMBNAIL, { fit: 'inside' })
    .jpeg({ quality: 80 })
    .toBuffer()
  return `data:image/jpeg;base64,${jpeg.toString('base64')}`
}
