import { Component, type ReactNode } from 'react';
import { t } from '../../i18n.ts';
import { Button } from '../../ui/index.ts';

/** Shows a way back instead of an empty window when a component throws. React offers this only for classes. */
export class ErrorBoundary extends Component<{ readonly children: ReactNode }, { readonly message: string | undefined }> {
  override state = { message: undefined };

  static getDerivedStateFromError(error: unknown): { message: string } {
    return { message: error instanceof Error ? error.message : String(error) };
  }

  override render(): ReactNode {
    if (this.state.message === undefined) return this.props.children;
    return (
      <main role="alert" className="flex h-full flex-1 flex-col items-center justify-center gap-3 p-6 text-center">
        <h2 className="text-title font-semibold">{t('error.crashTitle')}</h2>
        <p className="text-text-2">{t('error.crashDetail')}</p>
        <p className="max-w-full font-mono text-code break-words text-text-3">{this.state.message}</p>
        <Button look="primary" onClick={() => location.reload()}>
          {t('common.reload')}
        </Button>
      </main>
    );
  }
}
