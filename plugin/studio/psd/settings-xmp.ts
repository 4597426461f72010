/**
 * Generator settings in a file. Photoshop keeps them in each layer's metadata block ("shmd", section "extn"), which
 * ag-psd reads past; here they travel in the document's XMP packet, under a namespace of Imprint's, keyed by layer id.
 * A file saved by the studio keeps its settings in the studio; Photoshop shows such layers without them.
 */
const NAMESPACE = 'https://imprint.invalid/ns/studio/1.0/'
const OPEN = `<rdf:Description rdf:about="" xmlns:imprint="${NAMESPACE}"><imprint:layerSettings>`
const CLOSE = '</imprint:layerSettings></rdf:Description>'
const EMPTY_PACKET =
  '<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">' +
  '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"></rdf:RDF></x:xmpmeta><?xpacket end="w"?>'

export type LayerSettings = Readonly<Record<string, Readonly<Record<string, string>>>>

/** The settings of each layer id in an XMP packet; none when the packet has none or they are damaged. */
export function settingsIn(xmp: string): LayerSettings {
  const from = xmp.indexOf(OPEN)
  const to = xmp.indexOf(CLOSE, from)
  if (from < 0 || to < 0) return {}
  try {
    return checked(JSON.parse(decodeURIComponent(xmp.slice(from + OPEN.length, to))))
  } catch {
    return {}
  }
}

/** The packet with these settings in the place of any it had. */
export function withSettings(xmp: string, settings: LayerSettings): string {
  const bare = withoutSettings(xmp)
  if (Object.keys(settings).length === 0) return bare
  const packet = bare.includes('</rdf:RDF>') ? bare : EMPTY_PACKET
  const at = packet.lastIndexOf('</rdf:RDF>')
  return packet.slice(0, at) + OPEN + encodeURIComponent(JSON.stringify(settings)) + CLOSE + packet.slice(at)
}

function withoutSettings(xmp: string): string {
  const from = xmp.indexOf(OPEN)
  const to = xmp.indexOf(CLOSE, from)
  return from < 0 || to < 0 ? xmp : xmp.slice(0, from) + xmp.slice(to + CLOSE.length)
}

/** A file is not to be trusted: only texts under texts come through. */
function checked(value: unknown): LayerSettings {
  const entries = (of: unknown) => (typeof of === 'object' && of !== null ? Object.entries(of) : [])
  const texts = (of: unknown) =>
    Object.fromEntries(entries(of).filter((entry): entry is [string, string] => typeof entry[1] === 'string'))
  return Object.fromEntries(entries(value).map(([id, settings]) => [id, texts(settings)]))
}
