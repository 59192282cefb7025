import { ChevronDown, Clock, CornerDownRight } from 'lucide-react';
import { PromptDelivery } from '../../../../preload/contract/index.ts';
import { Button, Menu, MenuChoice, MenuChoices } from '../../../ui/index.ts';
import { t } from '../text.ts';
import { setDeliveryPreference, useDeliveryPreference } from './delivery-preference.ts';

/** What Enter does while the agent works, shown beside the field. */
export function DeliveryPicker() {
  const delivery = useDeliveryPreference();
  const Icon = delivery === 'steer' ? CornerDownRight : Clock;
  return (
    <Menu
      side="top"
      align="end"
      trigger={
        <Button look="quiet" className="min-w-0 px-2" aria-label={t('queue.delivery')}>
          <Icon size={14} strokeWidth={1.6} aria-hidden className="shrink-0" />
          {/* In a narrow window, mode and model need the space. */}
          <span className="hidden truncate min-[1200px]:inline">{delivery === 'steer' ? t('queue.steerName') : t('queue.queueName')}</span>
          <ChevronDown size={13} aria-hidden className="shrink-0 text-text-3" />
        </Button>
      }
    >
      <MenuChoices value={delivery} onChange={(value) => setDeliveryPreference(PromptDelivery.parse(value))}>
        <MenuChoice value="steer" label={t('queue.steerName')} detail={t('queue.steerDetail')} />
        <MenuChoice value="queue" label={t('queue.queueName')} detail={t('queue.queueDetail')} />
      </MenuChoices>
    </Menu>
  );
}
