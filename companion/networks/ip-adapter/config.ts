/** Layers in which learned or given queries read features, and themselves (Perceiver, arXiv:2103.03206). */
export interface PerceiverConfig {
  readonly heads: number
  readonly depth: number
}

interface ReadsClip {
  /** Width of the CLIP features it reads. */
  readonly features: number
}

interface ReadsFace {
  /** Width of the face embedding it reads. */
  readonly faceWidth: number
}

/** Width inside the network that makes tokens of a face embedding. */
interface FaceMlp {
  readonly faceInner: number
}

/** Width of a Resampler's queries. */
interface Resampler extends PerceiverConfig {
  readonly inner: number
}

/**
 * IP-Adapter (Ye et al. 2023, arXiv:2308.06721) and its variants, which differ in what they read and in the network that
 * makes image tokens of it. `faceid` with 16 tokens is Portrait; `instantid` is also Portrait's unnormalised twin.
 */
export type IpAdapterConfig = {
  /** Image tokens per picture or face. */
  readonly tokens: number
  /** Width of a token: the UNet's cross-attention width. */
  readonly width: number
} & (
  | ({ readonly kind: 'base' | 'full' } & ReadsClip)
  | ({ readonly kind: 'plus' } & ReadsClip & Resampler)
  | ({ readonly kind: 'faceid' } & ReadsFace & FaceMlp)
  | ({ readonly kind: 'faceid-plus' | 'faceid-plusv2' } & ReadsClip & ReadsFace & FaceMlp & PerceiverConfig)
  | ({ readonly kind: 'instantid' } & ReadsFace & Resampler)
)

/** What an adapter has to be given. */
export interface AdapterReads {
  /** CLIP's projected embedding, or its states before the last layer. */
  readonly clip: 'embeds' | 'penultimate' | undefined
  /** A face embedding of unit length, or as the recognition network made it. */
  readonly face: 'normed' | 'raw' | undefined
}

/** Which features of a picture and which form of a face's embedding an adapter reads. */
export function adapterReads({ kind }: IpAdapterConfig): AdapterReads {
  switch (kind) {
    case 'base':
      return { clip: 'embeds', face: undefined }
    case 'full':
    case 'plus':
      return { clip: 'penultimate', face: undefined }
    case 'faceid':
      return { clip: undefined, face: 'normed' }
    case 'faceid-plus':
    case 'faceid-plusv2':
      return { clip: 'penultimate', face: 'normed' }
    case 'instantid':
      return { clip: undefined, face: 'raw' }
  }
}
