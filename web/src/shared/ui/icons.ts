//! The one stroke set (Lucide), by the word the product uses. Only what is named here is bundled.
import {
  AlertTriangle, ArrowLeft, Ban, CalendarClock, CalendarPlus, Camera, CameraOff, Check, ChevronRight, CircleHelp, Clock, Download, Ear, FileText,
  Hand, Headphones, Image, Languages, Lock, MessageSquareText, Mic, MicOff, MonitorSmartphone, MoreHorizontal, PenLine, Phone, RefreshCw, RotateCw, Scale,
  Settings2, ShieldCheck, Signal, SignalLow, SignalMedium, Siren, Stamp, Users, Video, VideoOff, Volume2, VolumeX, WifiOff, X, ZoomIn,
} from 'lucide-vue-next';

export const ICONS = {
  warning: AlertTriangle, back: ArrowLeft, refuse: Ban, when: CalendarClock, calendar: CalendarPlus, photo: Camera, photoOff: CameraOff, done: Check, next: ChevronRight,
  help: CircleHelp, clock: Clock, download: Download, ear: Ear, paper: FileText, hand: Hand, headphones: Headphones, picture: Image, language: Languages, lock: Lock,
  message: MessageSquareText, mic: Mic, micOff: MicOff, device: MonitorSmartphone, more: MoreHorizontal, sign: PenLine, phone: Phone, refresh: RefreshCw, rotate: RotateCw,
  rights: Scale, settings: Settings2, safe: ShieldCheck, signal: Signal, signalLow: SignalLow, signalMedium: SignalMedium, distress: Siren, seal: Stamp, people: Users,
  camera: Video, cameraOff: VideoOff, sound: Volume2, soundOff: VolumeX, offline: WifiOff, close: X, zoom: ZoomIn,
} as const;

export type IconName = keyof typeof ICONS;
