//! The device check: opens camera and microphone, shows the voice, names each fault, hands the tracks on to the sitting.
import { onBeforeUnmount, onMounted, ref, shallowRef } from 'vue';
import type { DevicesFound } from './readiness';
import { meter, openDevices, type DeviceFault, type DeviceKind } from '@/shared/room/devices';

const AUDIBLE = 0.06;

export function useDeviceCheck() {
  const asking = ref(true);
  const camera = shallowRef<MediaStreamTrack | null>(null);
  const microphone = shallowRef<MediaStreamTrack | null>(null);
  const faults = shallowRef<Partial<Record<DeviceKind, DeviceFault>>>({});
  const level = ref(0);
  const heard = ref(false);
  /** Whether the test sound was heard; null if nobody said. */
  const sound = ref<boolean | null>(null);
  const cameras = ref(0);
  let facing: 'user' | 'environment' = 'user';
  let quiet: () => void = () => undefined;
  let handedOn = false;

  function listen(): void {
    quiet();
    quiet = microphone.value ? meter(microphone.value, (now) => { level.value = now; heard.value ||= now > AUDIBLE; }) : () => undefined;
  }

  async function open(): Promise<void> {
    asking.value = true;
    const missing: DeviceKind[] = [];
    if (!camera.value) missing.push('camera');
    if (!microphone.value) missing.push('microphone');
    const opened = await openDevices(missing);
    camera.value ??= opened.camera;
    microphone.value ??= opened.microphone;
    faults.value = opened.faults;
    asking.value = false;
    listen();
    cameras.value = (await navigator.mediaDevices?.enumerateDevices?.().catch(() => []) ?? []).filter((device) => device.kind === 'videoinput').length;
  }

  async function flip(): Promise<void> {
    facing = facing === 'user' ? 'environment' : 'user';
    camera.value?.stop();
    const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: facing } }).catch(() => null);
    camera.value = stream?.getVideoTracks()[0] ?? null;
  }

  /** What was found, as the mediator sees it. A voice that was not raised says nothing of the microphone. */
  const found = (): DevicesFound => ({
    camera: camera.value ? true : faults.value.camera ? false : null,
    microphone: heard.value ? true : faults.value.microphone ? false : null,
    sound: sound.value,
  });

  /** The tracks, now somebody else's to stop. */
  function handOn(withCamera: boolean) {
    handedOn = true;
    quiet();
    if (!withCamera) camera.value?.stop();
    return { camera: withCamera ? camera.value : null, microphone: microphone.value };
  }

  onMounted(() => void open());
  onBeforeUnmount(() => {
    quiet();
    if (handedOn) return;
    camera.value?.stop();
    microphone.value?.stop();
  });

  return { asking, camera, microphone, faults, level, heard, sound, cameras, found, open, flip, handOn, takeBack: () => { handedOn = false; listen(); } };
}

export type DeviceCheck = ReturnType<typeof useDeviceCheck>;
