//! The one stroke set (Lucide), by the word the product uses. Only what is named here is bundled.
import {
  Camera, ChevronLeft, ChevronRight, Eye, FolderOpen,   AlertTriangle, ArrowLeft, CalendarClock, CalendarPlus, Check, Clock, Download, FileText, Hand,
  Headphones, Lock, MessageSquareText, Mic, MicOff, MonitorSmartphone, MoreHorizontal, PenLine, Phone,
  RefreshCw, RotateCw, Siren, Stamp, Users, Video, VideoOff, Volume2, VolumeX, WifiOff, ZoomIn, ZoomOut,
  X,
} from 'lucide-vue-next';

export const ICONS = {
  warning: AlertTriangle, back: ArrowLeft, when: CalendarClock, calendar: CalendarPlus, done: Check,
  clock: Clock, download: Download, paper: FileText, hand: Hand, headphones: Headphones,
  lock: Lock, message: MessageSquareText, mic: Mic, micOff: MicOff,
  device: MonitorSmartphone, more: MoreHorizontal, sign: PenLine, phone: Phone, refresh: RefreshCw, rotate: RotateCw,
  distress: Siren, seal: Stamp, people: Users, camera: Video, cameraOff: VideoOff, sound: Volume2,
  soundOff: VolumeX, offline: WifiOff, zoom: ZoomIn, smaller: ZoomOut,
  close: X, photo: Camera, files: FolderOpen, seen: Eye, before: ChevronLeft, after: ChevronRight,
} as const;

export type IconName = keyof typeof ICONS;
