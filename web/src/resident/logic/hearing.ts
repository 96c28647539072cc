//! The one line that must never be wrong: who can hear me now. Its names come from the server's visibility, which its forwarding table enforces.
import type { View } from '@/shared/api/contract';
import type { MediaState } from '@/shared/room/media-room';
import type { useText } from '../i18n';

type T = ReturnType<typeof useText>['t'];

export function hearing(view: View | null, media: Pick<MediaState, 'link' | 'me'>, t: T, online = true): string {
  // Cut off from the server, what it last said may be wrong by now: say that, not the old names.
  if (!online) return t('room.unknownHears');
  if (!view || view.hears_me.length === 0) return t('room.nobodyHears');
  if (media.link === 'connected' && !media.me.micOn) return t('room.mutedHears');
  const alone = view.private || view.mine.greeted;
  const onlyMediator = alone && view.hears_me.length === 1 && view.hears_me[0] === view.host.name;
  if (onlyMediator) return t('room.onlyHears', { names: t('room.theMediator') });
  const names = view.hears_me.join(t('app.separator'));
  return t(alone ? 'room.onlyHears' : 'room.hears', { names });
}
