/**
 * Where the double is stricter than Photoshop is known to be, and the faults it can be asked for. Every point that no
 * source confirms is a switch here, so that what a real Photoshop shows can flip it.
 */
export const SWITCHES = {
  /** Each access gives another wrapper object, so that comparing by identity never works. */
  freshWrappers: true,
  /** `getData` gives a copy each time. */
  freshData: true,
  /** `getData` rejects after `dispose`. */
  deadAfterDispose: true,
  /** Resuming a history suspension that is not open rejects. */
  unknownSuspensionRejects: true,
  /** Writing pixels into a locked layer rejects. */
  lockedPixelsReject: true,
  /** Reading the pixels of an adjustment layer rejects. */
  adjustmentReadsReject: true,
  /** Reading the pixels of a group rejects. */
  groupReadsReject: true,
  /** A new layer goes inside the active group when that is open. */
  newLayerInsideOpenGroup: true,
  /** A second `entrypoints.setup` throws. */
  secondSetupThrows: true,
  /** A document or layer selection is told twice, as Photoshop tends to. */
  duplicateNotifications: true,
  /** `getPixels` outside a modal scope rejects. */
  readsNeedModal: false,
  /** An allow list refuses numeric loopback addresses even when it names them. */
  numericLoopbackRefused: false,
  /** Another plugin or dialog makes `executeAsModal` reject at once, as before Photoshop 25.10. */
  busyAtOnce: false,
  /** The busy error names the plugin that holds the scope, as Photoshop 25.10 and later do. */
  busyNamesPlugin: false,
  /** A failed batchPlay command rejects instead of resolving with an error descriptor. */
  batchPlayThrows: false,
  /** Asking for 8 bit of a 16-bit document fails with "Code -1". */
  code1On8BitOf16Bit: false,
  /** Reading a smart object fails because its linked file is missing. */
  smartObjectMissingLink: false,
  /** `getPixels` trims one more pixel on each side than it has to. */
  trimMore: false,
  /** The document's colour profile getter throws. */
  profileThrows: false,
  /** secureStorage has lost what was in it. */
  secureStorageLost: false,
  /** A `shell.openPath` consent dialog is answered with no. */
  openPathDenied: false,
  /** `batchPlay` fails to write generator settings. */
  generatorSettingsFail: false,
}

export type Switches = { -readonly [name in keyof typeof SWITCHES]: boolean }
