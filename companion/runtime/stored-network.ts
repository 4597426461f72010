import { basename } from 'node:path'
import * as ort from 'onnxruntime-node'
import { ImprintError } from '../../shared/errors.ts'
import type { Tensor } from './tensor.ts'

/** A network from somebody's own ONNX file, of one input. One run at a time. */
export interface StoredNetwork {
  /** Runs it once; outputs in the order of the file. Throws `model-unsupported` where it does not take the input. */
  run(input: Tensor): Promise<readonly Tensor[]>
  /** Gives its memory back; it cannot run again. */
  dispose(): Promise<void>
}

/**
 * Opens an ONNX file on the CPU: these networks are small, and not every operator of theirs runs on a GPU.
 * Throws `model-invalid` where the file is no whole ONNX model, `model-unsupported` where it takes several inputs.
 */
export async function loadStoredNetwork(path: string): Promise<StoredNetwork> {
  const name = basename(path)
  const session = await openSession(path, name)
  const [input, ...others] = session.inputNames
  if (input === undefined || others.length > 0) {
    await session.release()
    throw new ImprintError('model-unsupported', `${name} takes ${session.inputNames.length} inputs instead of one.`)
  }
  return {
    async run({ shape, data }) {
      const results = await runSession(session, name, { [input]: new ort.Tensor('float32', data, shape) })
      return session.outputNames.map((output) => floats(name, output, results[output]))
    },
    dispose: () => session.release(),
  }
}

async function openSession(path: string, name: string): Promise<ort.InferenceSession> {
  try {
    return await ort.InferenceSession.create(path, {
      executionProviders: ['cpu'],
      enableMemPattern: false,
      logSeverityLevel: 3,
      extra: { session: { intra_op: { allow_spinning: '0' } } },
    })
  } catch (cause) {
    throw new ImprintError('model-invalid', `${name} cannot be opened as an ONNX model. Download it again.`, { cause })
  }
}

async function runSession(
  session: ort.InferenceSession,
  name: string,
  feeds: Record<string, ort.Tensor>,
): Promise<ort.InferenceSession.ReturnType> {
  try {
    return await session.run(feeds)
  } catch (cause) {
    const [given] = Object.values(feeds)
    const shape = given?.dims.join(', ') ?? ''
    const message = `${name} does not run on [${shape}]; it is not the kind of network it was taken for.`
    throw new ImprintError('model-unsupported', message, { cause })
  }
}

function floats(name: string, output: string, value: ort.Tensor | undefined): Tensor {
  if (!(value?.data instanceof Float32Array)) {
    throw new ImprintError(
      'model-unsupported',
      `${name} puts out ${output} as ${value?.type ?? 'nothing'}, not float32.`,
    )
  }
  return { shape: value.dims, data: value.data }
}
