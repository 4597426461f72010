import reactHooks from 'eslint-plugin-react-hooks'
import tseslint from 'typescript-eslint'

/** One direction of imports per folder: `files` may not import what matches `patterns`. */
const layer = (files, patterns, message) => ({
  files,
  rules: {
    'no-restricted-imports': ['error', { patterns: patterns.map((regex) => ({ regex, message })) }],
  },
})

const node = '^node:'
const host = '^(photoshop|uxp)$'
const ort = '^onnxruntime'

/** A folder of the companion: never the plugin, never onnxruntime (the two files that may are named last). */
const companion = (folder, siblings, message) =>
  layer(
    [`companion/${folder}/**`],
    ['/plugin/', ort, ...siblings.map((s) => (s.startsWith('^') ? s : `/${s}/`))],
    message,
  )

/** A folder of the plugin: never the companion; Node and Photoshop only where said. */
const plugin = (folder, siblings, message) =>
  layer([`plugin/${folder}/**`], ['/companion/', ...siblings.map((s) => (s.startsWith('^') ? s : `/${s}/`))], message)

const toWords = 'what people read stands in plugin/ui/words, for other languages'
/** Names that only screen readers and tooltips say are read as well. */
const SPOKEN = '/^(title|label|alt|placeholder|aria-label|name|across|up)$/'

/** No text of a language in the parts of the panel. */
const literalText = {
  files: ['plugin/ui/**/*.tsx'],
  rules: {
    'no-restricted-syntax': [
      'error',
      ...[
        'JSXText[value=/[A-Za-z]/]',
        `JSXAttribute[name.name=${SPOKEN}] Literal[value=/[A-Za-z]/]`,
        // Sentences begin with a capital; names of keys are compared with, not shown.
        'Literal[value=/^[A-Z][a-z]/]:not(BinaryExpression > Literal)',
        // Units such as px are shorter, and names of styles are not read.
        'TemplateElement[value.raw=/[A-Za-z]{3}/]:not(JSXAttribute[name.name="className"] TemplateElement)',
      ].map((selector) => ({ selector, message: toWords })),
    ],
  },
}

export default tseslint.config(
  { ignores: ['**/dist/**', '**/node_modules/**', 'test/output/**', 'companion/starter/train/**', '**/*.mjs', '*.js'] },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        project: ['shared', 'plugin', 'plugin/studio/node', 'companion', 'test'].map((d) => `./${d}/tsconfig.json`),
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-floating-promises': [
        'error',
        {
          allowForKnownSafeCalls: [
            { from: 'package', name: ['test', 'it', 'describe', 'suite', 'before', 'after'], package: 'node:test' },
          ],
        },
      ],
      '@typescript-eslint/no-confusing-void-expression': 'off',
      '@typescript-eslint/no-dynamic-delete': 'off',
      // TypedArray access is checked by shape arithmetic, not by the compiler.
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      'prefer-const': 'error',
      eqeqeq: 'error',
    },
  },
  literalText,
  { files: ['plugin/**/*.tsx'], plugins: { 'react-hooks': reactHooks }, rules: reactHooks.configs.recommended.rules },
  layer(['shared/**'], ['/companion/', '/plugin/', node], 'shared is pure data: it knows neither side nor Node'),

  layer(['plugin/**'], ['/companion/'], 'the two sides meet in shared/ alone'),
  plugin('ui', [node, host, 'host', 'client'], 'the ui shows state; effects live in plugin/state'),
  plugin('state', [node, host, 'ui'], 'state decides; it reaches host and companion through their types'),
  plugin('client', [node, host, 'host', 'state', 'ui'], 'the client speaks the protocol and nothing else'),
  plugin('host', [node, 'state', 'client', 'ui', 'studio'], 'the host adapter knows Photoshop alone'),
  plugin('studio/double', [node, host, 'state', 'client', 'ui', 'host'], 'the double knows Photoshop, not the panel'),

  layer(
    ['companion/**'],
    ['/plugin/', ort],
    'only companion/runtime/{onnx,stored-network}.ts touch onnxruntime; the two sides meet in shared/',
  ),
  companion(
    'weights',
    ['graph', 'networks', 'runtime', 'models', 'jobs', 'server', 'engine'],
    'weights are files and names',
  ),
  companion(
    'graph',
    ['networks', 'runtime', 'models', 'jobs', 'server', 'engine'],
    'the graph builder knows no network and runs nothing',
  ),
  companion(
    'networks',
    [node, 'runtime', 'models', 'jobs', 'server', 'engine'],
    'a network describes itself; it does not run itself',
  ),
  companion(
    'diffusion',
    [node, 'graph', 'networks', 'runtime', 'models', 'jobs', 'server', 'engine'],
    'arithmetic on plain data',
  ),
  companion(
    'vision',
    [node, 'graph', 'networks', 'runtime', 'models', 'jobs', 'server', 'engine'],
    'arithmetic on plain data',
  ),
  companion(
    'text',
    [node, 'graph', 'networks', 'runtime', 'models', 'jobs', 'server', 'engine'],
    'arithmetic on plain data',
  ),
  companion('runtime', ['networks', 'models', 'jobs', 'server', 'engine'], 'the runtime runs graphs it does not know'),
  companion('models', ['runtime', 'jobs', 'server', 'engine'], 'models are what lies on disk'),
  companion(
    'jobs',
    ['server', 'history', 'cli'],
    'jobs make pictures; who asks and who keeps them is not theirs to know',
  ),
  companion(
    'engine',
    ['server', 'history', 'cli'],
    'the engine runs jobs; who asks and who keeps them is not its to know',
  ),
  companion(
    'files',
    ['graph', 'networks', 'runtime', 'models', 'jobs', 'server', 'engine', 'history'],
    'files know only files',
  ),
  companion(
    'history',
    ['graph', 'networks', 'runtime', 'models', 'jobs', 'server', 'engine'],
    'the history keeps what was made; it does not make it',
  ),
  companion('server', ['networks', 'runtime', 'graph', 'weights'], 'the server speaks the protocol and asks the queue'),
  { files: ['companion/runtime/{onnx,stored-network}.ts'], rules: { 'no-restricted-imports': 'off' } },
)
