declare module 'uxp' {
  const uxp: unknown
  export default uxp
}
