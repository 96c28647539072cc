"""What the tests with the PyPI client share: the example server, a participant with picture and tone, waiting."""

import asyncio
import json
import math
import os
import signal
import subprocess
import sys
import time
import urllib.parse
import urllib.request

import numpy as np
from livekit import api, rtc

RATE = 48_000
WIDTH, HEIGHT = 320, 180


class Server:
    """The example server, ended with the test."""

    def __init__(self) -> None:
        path = os.environ.get("ONEDOOR_WIRE_BIN", "")
        if not os.path.exists(path):
            sys.exit("ONEDOOR_WIRE_BIN must name the example server: cargo build -p livekit --example wire")
        self.process = subprocess.Popen([path], stdout=subprocess.PIPE)
        self.url = json.loads(self.process.stdout.readline())["url"]

    def post(self, path: str, **query: str) -> str:
        url = f"{self.url}{path}?{urllib.parse.urlencode(query)}"
        with urllib.request.urlopen(urllib.request.Request(url, method="POST"), timeout=5) as answer:
            return answer.read().decode()

    def stop(self) -> None:
        self.process.send_signal(signal.SIGINT)
        self.process.wait(5)


class Seat:
    """One participant: publishes a moving picture and a tone, and watches the other."""

    def __init__(self, identity: str) -> None:
        self.identity = identity
        self.room = rtc.Room()
        self.frames: dict[str, int] = {}
        self.spread: dict[str, float] = {}
        self.loudness: dict[str, float] = {}
        self.first_frame: dict[str, float] = {}
        # Whose pictures count, by the track they are of: frames of an ended track may still wait to be read.
        self.current: dict[str, rtc.Track] = {}
        self.data: list[tuple[str, bytes]] = []
        self.texts: list[str] = []
        self.events: list[str] = []
        self.tasks: list[asyncio.Task] = []
        for name in ("local_track_published", "local_track_unpublished", "local_track_subscribed"):
            self.room.on(name, lambda *_, name=name: self.events.append(name))
        self.room.on("track_subscribed", self._subscribed)
        self.room.on("data_received", self._received)
        self.room.register_text_stream_handler("minutes", self._text)

    async def join(self, url: str, room: str) -> float:
        # A token made by the client's own library, with the demo key.
        token = (
            api.AccessToken("devkey", "secret")
            .with_identity(self.identity)
            .with_grants(api.VideoGrants(room_join=True, room=room))
            .to_jwt()
        )
        return await self.join_with(url, token)

    async def join_with(self, url: str, token: str) -> float:
        started = time.monotonic()
        await self.room.connect(url.replace("http", "ws"), token)
        return started

    async def publish(self, codec: int = rtc.VideoCodec.VP8) -> None:
        video = rtc.VideoSource(WIDTH, HEIGHT)
        audio = rtc.AudioSource(RATE, 1)
        camera = rtc.LocalVideoTrack.create_video_track("camera", video)
        microphone = rtc.LocalAudioTrack.create_audio_track("microphone", audio)
        person = self.room.local_participant
        options = rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_CAMERA, video_codec=codec)
        await person.publish_track(camera, options)
        await person.publish_track(microphone, rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE))
        self.tasks += [asyncio.create_task(self._film(video)), asyncio.create_task(self._tone(audio))]

    async def _film(self, source: rtc.VideoSource) -> None:
        columns = np.arange(WIDTH, dtype=np.uint16)
        for tick in range(10_000):
            picture = np.zeros((HEIGHT, WIDTH, 4), dtype=np.uint8)
            picture[:, :, :3] = ((columns + tick * 4) % 256).astype(np.uint8)[None, :, None]
            picture[:, :, 3] = 255
            source.capture_frame(rtc.VideoFrame(WIDTH, HEIGHT, rtc.VideoBufferType.RGBA, picture.tobytes()))
            await asyncio.sleep(1 / 20)

    async def _tone(self, source: rtc.AudioSource) -> None:
        samples = RATE // 100
        for tick in range(100_000):
            at = (np.arange(samples) + tick * samples) / RATE
            wave = (np.sin(2 * math.pi * 440 * at) * 12_000).astype(np.int16)
            await source.capture_frame(rtc.AudioFrame(wave.tobytes(), RATE, 1, samples))

    def _subscribed(self, track: rtc.Track, _publication, who: rtc.RemoteParticipant) -> None:
        watch = self._watch if track.kind == rtc.TrackKind.KIND_VIDEO else self._listen
        self.tasks.append(asyncio.create_task(watch(track, who.identity)))

    async def _watch(self, track: rtc.Track, who: str) -> None:
        self.current[who] = track
        async for event in rtc.VideoStream(track, format=rtc.VideoBufferType.RGBA, capacity=4):
            if self.current.get(who) is not track:
                return
            self.frames[who] = self.frames.get(who, 0) + 1
            self.first_frame[who] = self.first_frame.get(who) or time.monotonic()
            if self.frames[who] % 10 == 1:
                self.spread[who] = float(np.frombuffer(event.frame.data, dtype=np.uint8)[::4].std())

    async def _listen(self, track: rtc.Track, who: str) -> None:
        async for event in rtc.AudioStream(track):
            samples = np.frombuffer(event.frame.data, dtype=np.int16)
            self.loudness[who] = max(self.loudness.get(who, 0.0), float(np.abs(samples).max()) / 32_768)

    def _received(self, packet: rtc.DataPacket) -> None:
        self.data.append((packet.participant.identity if packet.participant else "", packet.data))

    def _text(self, reader: rtc.TextStreamReader, _who: str) -> None:
        async def read() -> None:
            self.texts.append(await reader.read_all())

        self.tasks.append(asyncio.create_task(read()))

    async def leave(self) -> None:
        for task in self.tasks:
            task.cancel()
        await self.room.disconnect()


async def until(what: str, holds, limit: float = 10.0) -> None:
    end = time.monotonic() + limit
    while not holds():
        if time.monotonic() > end:
            raise TimeoutError(f"in vain: {what}")
        await asyncio.sleep(0.01)
