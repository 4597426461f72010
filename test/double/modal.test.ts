import assert from 'node:assert/strict'
import { mock, test } from 'node:test'
import { createHost } from '../../plugin/studio/double/host.ts'
import type { ModalContext } from '../../plugin/studio/double/modal.ts'
import { modally, photoshopWith, photoshopWithFox, settled } from './bench.ts'

const NEVER = (): Promise<void> => new Promise(() => undefined)

test('a modal scope gives the target’s value and throws what the target throws', async () => {
  const { photoshop } = photoshopWith()
  assert.equal(await photoshop.core.executeAsModal(() => 7, { commandName: 'seven' }), 7)
  await assert.rejects(
    photoshop.core.executeAsModal(() => Promise.reject(new Error('mine')), { commandName: 'fails' }),
    /mine/,
  )
  assert.equal(photoshop.core.isModal(), false)
})

test('the descriptor reaches the target; a call without a command name is refused', async () => {
  const { photoshop } = photoshopWith()
  const seen = await photoshop.core.executeAsModal((_, descriptor) => descriptor, {
    commandName: 'x',
    descriptor: { a: 1 },
  })
  assert.deepEqual(seen, { a: 1 })
  await assert.rejects(
    photoshop.core.executeAsModal(() => 1, {} as { commandName: string }),
    /commandName/,
  )
})

test('scopes run one after another in the order of their calls', async () => {
  const { photoshop } = photoshopWith()
  const order: string[] = []
  const run = (name: string): Promise<unknown> =>
    photoshop.core.executeAsModal(
      async () => {
        order.push(`${name} begins`)
        await settled()
        order.push(`${name} ends`)
      },
      { commandName: name },
    )
  await Promise.all([run('a'), run('b'), run('c')])
  assert.deepEqual(order, ['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends'])
})

test('a waiting call is refused after its time-out, with number 9, and never starts', async () => {
  mock.timers.enable({ apis: ['setTimeout'] })
  try {
    for (const [timeOut, wait] of [
      [undefined, 1000],
      [3, 3000],
    ] as const) {
      const { photoshop } = photoshopWith()
      void photoshop.core.executeAsModal(NEVER, { commandName: 'holds' })
      let started = false
      let refused: unknown
      photoshop.core
        .executeAsModal(() => (started = true), { commandName: 'waits', ...(timeOut === undefined ? {} : { timeOut }) })
        .catch((thrown: unknown) => (refused = thrown))
      mock.timers.tick(wait - 1)
      await settled()
      assert.equal(refused, undefined)
      mock.timers.tick(1)
      await settled()
      assert.deepEqual(refused, Object.assign(new Error('host is in a modal state'), { number: 9 }))
      assert.equal(started, false)
    }
  } finally {
    mock.timers.reset()
  }
})

test('the busy error can name the plugin, and come at once', async () => {
  const { photoshop } = photoshopWith({
    pluginId: 'com.example.me',
    switches: { busyAtOnce: true, busyNamesPlugin: true },
  })
  void photoshop.core.executeAsModal(NEVER, { commandName: 'holds' })
  await assert.rejects(
    modally({ photoshop }, () => 1),
    {
      number: 9,
      message: 'Plugin: com.example.me is running a modal command',
    },
  )
})

test('what the user does keeps scripts out until it ends', async () => {
  const host = photoshopWith()
  host.controls.setBusy('free transform')
  let done = false
  const waiting = modally(host, () => (done = true))
  await settled()
  assert.equal(done, false)
  host.controls.setBusy(null)
  await waiting
  assert.equal(done, true)
})

test('a scope inside a scope runs at once, and the outer one stays modal after it', async () => {
  const host = photoshopWith()
  const depths: number[] = []
  await modally(host, async () => {
    await settled()
    await modally(host, () => void depths.push(host.controls.modal().length))
    depths.push(host.controls.modal().length)
  })
  assert.deepEqual([...depths, host.controls.modal().length], [2, 1, 0])
})

test('without help from the platform only a call before the first await counts as inside', async () => {
  const host = createHost({ switches: { busyAtOnce: true } })
  await modally(host, () => modally(host, () => 1))
  await assert.rejects(
    modally(host, async () => {
      await settled()
      await modally(host, () => 1)
    }),
    { number: 9 },
  )
})

test('the members of the context are not enumerable', async () => {
  const { photoshop } = photoshopWith()
  const spread = await photoshop.core.executeAsModal((context) => ({ ...context }), { commandName: 'x' })
  assert.deepEqual(spread, {})
})

test('after Escape the target is told and every call to Photoshop throws until the scope ends', async () => {
  const host = photoshopWithFox()
  const { photoshop, controls, documentID } = host
  let told = 0
  const failures: string[] = []
  const tries: (() => unknown)[] = [
    () => photoshop.app.activeDocument,
    () => photoshop.imaging.getPixels({ documentID }),
    () => photoshop.action.batchPlay([]),
  ]
  await assert.rejects(
    photoshop.core.executeAsModal(
      async (context: ModalContext) => {
        context.onCancel = () => told++
        await context.hostControl.suspendHistory({ documentID, name: 'gone' })
        photoshop.app.activeDocument!.layers[0]!.name = 'renamed'
        controls.cancelModal()
        assert.equal(context.isCancelled, true)
        for (const call of tries)
          await Promise.resolve()
            .then(call)
            .catch((thrown: unknown) => failures.push((thrown as Error).message))
        context.reportProgress({ value: 0.5 })
      },
      { commandName: 'x' },
    ),
    { number: -128 },
  )
  assert.equal(told, 1)
  assert.equal(failures.length, tries.length)
  assert.equal(photoshop.app.activeDocument!.layers[0]!.name, 'fox')
  assert.ok(!controls.active()!.history.names.includes('gone'))
})

test('the user cannot act while a script holds Photoshop, except in an interactive scope', async () => {
  const host = photoshopWithFox()
  const act = (): void => host.controls.selectLayers([])
  await modally(host, () => assert.throws(act, /holds Photoshop/))
  await host.photoshop.core.executeAsModal(() => assert.doesNotThrow(act), { commandName: 'x', interactive: true })
})

test('a document registered for it closes with the scope', async () => {
  const host = photoshopWith()
  await host.photoshop.core.executeAsModal(
    async ({ hostControl }) => {
      const kept = await host.photoshop.app.createDocument({ name: 'kept' })
      const scratch = await host.photoshop.app.createDocument({ name: 'scratch' })
      for (const { id } of [kept, scratch]) await hostControl.registerAutoCloseDocument(id)
      await hostControl.unregisterAutoCloseDocument(kept.id)
    },
    { commandName: 'x' },
  )
  assert.deepEqual(
    host.photoshop.app.documents.map(({ title }) => title),
    ['kept'],
  )
})
