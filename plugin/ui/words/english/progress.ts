/** How far a picture is. */
export const progress = {
  sending: 'Sending the reference…',
  starting: 'Starting…',
  waiting: (ahead: number) => `Waiting: ${ahead} ahead`,
  loading: 'Loading the model; the first time takes longer…',
  encoding: 'Looking at the reference…',
  steps: (step: number, steps: number) => `${step} of ${steps}`,
  stepsAndTime: (step: number, steps: number, time: string) => `${step} of ${steps}, ${time} left`,
  seconds: (count: number) => `${count} s`,
  minutes: (count: number) => `${count} min`,
  decoding: 'Finishing the picture…',
  placing: 'Putting it into the document…',
}
