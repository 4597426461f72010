import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ModalContext } from '../../plugin/studio/double/modal.ts'
import { modally, photoshopWithFox } from './bench.ts'

type Fox = ReturnType<typeof photoshopWithFox>

const names = ({ controls }: Fox): readonly string[] => controls.active()!.history.names
const rename = ({ photoshop }: Fox, name: string): void => {
  photoshop.app.activeDocument!.layers[0]!.name = name
}
const run = (fox: Fox, target: (context: ModalContext) => unknown): Promise<unknown> =>
  fox.photoshop.core.executeAsModal(async (context) => await target(context), { commandName: 'x' })

test('each change is a line of its own, suspended changes are one', async () => {
  const fox = photoshopWithFox()
  const { documentID } = fox
  const before = names(fox).length
  await run(fox, async ({ hostControl }) => {
    rename(fox, 'a')
    rename(fox, 'b')
    const suspension = await hostControl.suspendHistory({ documentID, name: 'Together' })
    rename(fox, 'c')
    rename(fox, 'd')
    await hostControl.resumeHistory(suspension)
  })
  assert.deepEqual(names(fox).slice(before), ['Rename Layer', 'Rename Layer', 'Together'])
  fox.controls.undo()
  assert.equal(fox.controls.active()!.state.layers[0]!.name, 'b')
})

test('a suspension in which nothing changed leaves no line; its final name counts', async () => {
  const fox = photoshopWithFox()
  const { documentID } = fox
  const before = names(fox).length
  await run(fox, async ({ hostControl }) => {
    await hostControl.resumeHistory(await hostControl.suspendHistory({ documentID, name: 'Nothing' }))
    const named = await hostControl.suspendHistory({ documentID, name: 'Before' })
    rename(fox, 'a')
    named.finalName = 'After'
    await hostControl.resumeHistory(named)
  })
  assert.deepEqual(names(fox).slice(before), ['After'])
})

test('resuming without keeping brings the document back, the selected layers too', async () => {
  const fox = photoshopWithFox()
  const { documentID, layerID } = fox
  const before = fox.controls.active()!
  await run(fox, async ({ hostControl }) => {
    const suspension = await hostControl.suspendHistory({ documentID, name: 'x' })
    await fox.photoshop.app.activeDocument!.createPixelLayer({ name: 'new' })
    await hostControl.resumeHistory(suspension, false)
  })
  assert.equal(fox.controls.active()!.state, before.state)
  assert.deepEqual(fox.controls.active()!.selectedIds, [layerID])
  assert.deepEqual(names(fox), before.history.names)
})

test('undo selects again what was selected before the step, redo what was after it', async () => {
  const fox = photoshopWithFox()
  const { controls, layerID } = fox
  await run(fox, async () => {
    await fox.photoshop.app.activeDocument!.createPixelLayer({ name: 'new' })
  })
  const [made] = controls.active()!.selectedIds
  assert.notEqual(made, layerID)
  controls.undo()
  assert.deepEqual(controls.active()!.selectedIds, [layerID])
  controls.redo()
  assert.deepEqual(controls.active()!.selectedIds, [made])
})

test('a suspension left open is kept when the target returns and undone when it throws', async () => {
  const fox = photoshopWithFox()
  const { documentID } = fox
  const open = async (context: ModalContext, name: string): Promise<void> => {
    await context.hostControl.suspendHistory({ documentID, name })
    rename(fox, name)
  }
  await run(fox, (context) => open(context, 'kept'))
  assert.equal(names(fox).at(-1), 'kept')
  await assert.rejects(
    run(fox, async (context) => {
      await open(context, 'lost')
      throw new Error('stop')
    }),
    /stop/,
  )
  assert.equal(names(fox).at(-1), 'kept')
  assert.equal(fox.controls.active()!.state.layers[0]!.name, 'kept')
})

test('without a suspension a target that throws leaves what it did', async () => {
  const fox = photoshopWithFox()
  await assert.rejects(
    modally(fox, () => {
      rename(fox, 'done')
      throw new Error('stop')
    }),
  )
  assert.equal(fox.controls.active()!.state.layers[0]!.name, 'done')
})

test('resuming what is not open is refused, unless the switch says otherwise', async () => {
  const fox = photoshopWithFox()
  await assert.rejects(
    run(fox, ({ hostControl }) => hostControl.resumeHistory({})),
    /not valid/,
  )
  fox.controls.switches.unknownSuspensionRejects = false
  await run(fox, ({ hostControl }) => hostControl.resumeHistory({}))
})

test('undo and redo walk the lines, and a change after undo drops what could be redone', async () => {
  const fox = photoshopWithFox()
  await modally(fox, () => rename(fox, 'a'))
  await modally(fox, () => rename(fox, 'b'))
  const name = (): string => fox.controls.active()!.state.layers[0]!.name
  assert.ok(fox.controls.undo())
  assert.equal(name(), 'a')
  assert.ok(fox.controls.redo())
  assert.equal(name(), 'b')
  assert.equal(fox.controls.redo(), false)
  fox.controls.undo()
  await modally(fox, () => rename(fox, 'c'))
  assert.equal(fox.controls.redo(), false)
  assert.equal(name(), 'c')
})

test('the history keeps the newest fifty lines and shares the pixels nobody changed', async () => {
  const fox = photoshopWithFox()
  const { surface } = fox.controls.layerNamed('Background')
  await modally(fox, () => {
    for (let i = 0; i < 60; i++) rename(fox, String(i))
  })
  assert.equal(names(fox).length, 50)
  fox.controls.goTo(0)
  assert.equal(fox.controls.layerNamed('Background').surface, surface)
})

test('document.suspendHistory is one line, and none when its body throws', async () => {
  const fox = photoshopWithFox()
  const document = fox.photoshop.app.activeDocument!
  await modally(fox, () =>
    document.suspendHistory(() => {
      rename(fox, 'a')
      rename(fox, 'b')
    }, 'Both'),
  )
  assert.equal(names(fox).at(-1), 'Both')
  const before = names(fox).length
  await assert.rejects(
    modally(fox, () =>
      document.suspendHistory(() => {
        rename(fox, 'c')
        throw new Error('stop')
      }, 'Never'),
    ),
  )
  assert.equal(names(fox).length, before)
  assert.equal(fox.controls.active()!.state.layers[0]!.name, 'b')
})
