import { type ComponentProps, memo, useMemo } from 'react';
import ReactMarkdown, { type Components, type ExtraProps } from 'react-markdown';
import remarkGfm from 'remark-gfm';
import { useActions } from '../../../stores/index.ts';
import { t } from '../../../i18n.ts';
import { CodeBlock } from './CodeBlock.tsx';
import { splitBlocks } from './split-blocks.ts';
import { useBlocksShown } from './use-blocks-shown.ts';

const PLUGINS = [remarkGfm];
const WEB_LINK = /^https?:\/\//i;

/** Only web links can be opened, and only by a click; every other target is plain text. */
function Link({ href = '', children }: ComponentProps<'a'> & ExtraProps) {
  const { openExternal } = useActions();
  if (!WEB_LINK.test(href)) return <span>{children}</span>;
  return (
    <a
      href={href}
      title={href}
      onClick={(event) => {
        event.preventDefault();
        void openExternal(href);
      }}
      onAuxClick={(event) => event.preventDefault()}
    >
      {children}
    </a>
  );
}

/**
 * An image from the answer would send a request to any address that the model chooses, so its alternative text is shown
 * instead.
 */
function Picture({ alt }: ComponentProps<'img'> & ExtraProps) {
  return <span className="text-text-3">{alt}</span>;
}

const fenceOf = (className = '') => /language-(\S+)/.exec(className)?.[1] ?? '';

function componentsFor(finished: boolean): Components {
  return {
    a: Link,
    img: Picture,
    pre: ({ node }) => {
      const code = node?.children[0];
      if (code?.type !== 'element') return null;
      const text = code.children.map((child) => (child.type === 'text' ? child.value : '')).join('');
      const names = code.properties['className'];
      return <CodeBlock code={text.replace(/\n$/, '')} fence={fenceOf(Array.isArray(names) ? names.join(' ') : '')} finished={finished} />;
    },
    input: ({ checked }) => (
      <input
        type="checkbox"
        checked={checked === true}
        readOnly
        disabled
        aria-label={checked ? t('plan.status.completed') : t('plan.status.pending')}
      />
    ),
    table: ({ node: _node, ...rest }) => <table tabIndex={0} {...rest} />,
  };
}

const FINISHED = componentsFor(true);
const OPEN = componentsFor(false);

/** One block; parsed again only when its own text changes. */
const Block = memo(function Block({ text, finished }: { readonly text: string; readonly finished: boolean }) {
  return (
    <ReactMarkdown remarkPlugins={PLUGINS} components={finished ? FINISHED : OPEN} skipHtml>
      {text}
    </ReactMarkdown>
  );
});

/** A model's Markdown: no HTML, no images, only web links. While it streams, only the last block changes. */
export function Markdown({ text, streaming }: { readonly text: string; readonly streaming: boolean }) {
  const blocks = useMemo(() => splitBlocks(text), [text]);
  const shown = useBlocksShown(blocks);
  return (
    <div className="md">
      {blocks.slice(0, shown).map((block, index) => (
        // Blocks are only added at the end, so their index is their identity.
        <Block key={index} text={block} finished={!streaming || index < blocks.length - 1} />
      ))}
    </div>
  );
}
