"""Two headless participants on the PyPI client (its own libwebrtc) against the wire and its SFU.

Run: ONEDOOR_WIRE_BIN=<example server> python wire.py     (cargo build -p livekit --example wire)
Ends with a line of JSON and code 0 when pictures, sound, data, a text stream, a remote call and a governed
flip all went through; any other end is a failure.
"""

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
        self.tasks: list[asyncio.Task] = []
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
        started = time.monotonic()
        await self.room.connect(url.replace("http", "ws"), token)
        return started

    async def publish(self) -> None:
        video = rtc.VideoSource(WIDTH, HEIGHT)
        audio = rtc.AudioSource(RATE, 1)
        camera = rtc.LocalVideoTrack.create_video_track("camera", video)
        microphone = rtc.LocalAudioTrack.create_audio_track("microphone", audio)
        person = self.room.local_participant
        await person.publish_track(camera, rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_CAMERA))
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


async def plain_room(server: Server) -> dict:
    mediator, applicant = Seat("mediator"), Seat("applicant")
    await mediator.join(server.url, "plain")
    await mediator.publish()
    started = await applicant.join(server.url, "plain")
    await until("a first frame", lambda: "mediator" in applicant.first_frame)
    first = applicant.first_frame["mediator"] - started
    await applicant.publish()
    for viewer, subject in ((mediator, "applicant"), (applicant, "mediator")):
        await until(f"{viewer.identity} sees {subject}", lambda v=viewer, s=subject: v.frames.get(s, 0) > 20)
        await until(f"{viewer.identity} hears {subject}", lambda v=viewer, s=subject: v.loudness.get(s, 0) > 0.05)
        assert viewer.spread[subject] > 5, f"a flat picture: {viewer.spread}"
    await mediator.room.local_participant.publish_data("请看第三条".encode(), reliable=True)
    await applicant.room.local_participant.publish_data("好的", destination_identities=["mediator"])
    await until("data there", lambda: ("mediator", "请看第三条".encode()) in applicant.data)
    await until("data back", lambda: ("applicant", "好的".encode()) in mediator.data)
    text = "笔录。" * 10_000  # many chunks
    await mediator.room.local_participant.send_text(text, topic="minutes")
    await until("a long text", lambda: text in applicant.texts)

    async def answer(call: rtc.RpcInvocationData) -> str:
        return f"{call.caller_identity}: {call.payload}"

    applicant.room.local_participant.register_rpc_method("confirm", answer)
    answered = await mediator.room.local_participant.perform_rpc(
        destination_identity="applicant", method="confirm", payload="同意吗"
    )
    assert answered == "mediator: 同意吗", answered
    await mediator.leave()
    await until("the mediator is gone", lambda: not applicant.room.remote_participants)
    await applicant.leave()
    return {"first_frame_ms": round(first * 1000)}


async def lost_connections(server: Server) -> dict:
    """The WebSocket is lost and the session resumed; then everything is lost and joined anew."""
    mediator, applicant = Seat("mediator"), Seat("applicant")
    for seat in (mediator, applicant):
        await seat.join(server.url, "returning")
        await seat.publish()
    await until("both see", lambda: mediator.frames.get("applicant", 0) > 5 and applicant.frames.get("mediator", 0) > 5)
    heard, left = [], []
    applicant.room.on("reconnected", lambda: heard.append(time.monotonic()))
    mediator.room.on("participant_disconnected", lambda who: left.append(who.identity))
    kind = rtc.SimulateScenarioKind
    figures = {}
    for name, scenario in (("resume_ms", kind.SIMULATE_SIGNAL_RECONNECT), ("rejoin_ms", kind.SIMULATE_FULL_RECONNECT)):
        heard.clear()
        sid = mediator.room.remote_participants["applicant"].sid
        started = time.monotonic()
        await applicant.room.simulate_scenario(scenario)
        await until(f"{name}: reconnected", lambda: bool(heard), 20)
        figures[name] = round((heard[0] - started) * 1000)
        await until("the applicant is there", lambda: "applicant" in mediator.room.remote_participants)
        resumed = mediator.room.remote_participants["applicant"].sid == sid
        assert resumed == (name == "resume_ms") == (not left), f"{name}: {sid}, left {left}"
        before = mediator.frames.get("applicant", 0), applicant.frames.get("mediator", 0)
        await until(
            f"{name}: pictures go on",
            lambda b=before: mediator.frames.get("applicant", 0) > b[0] + 10 and applicant.frames.get("mediator", 0) > b[1] + 10,
            20,
        )
        await applicant.room.local_participant.publish_data(name)
        await until(f"{name}: data", lambda n=name: ("applicant", n.encode()) in mediator.data)
    await applicant.leave()
    await mediator.leave()
    return figures


async def governed_room(server: Server) -> dict:
    server.post("/govern", room="sitting")
    seats = {name: Seat(name) for name in ("mediator", "applicant", "respondent")}
    for seat in seats.values():
        await seat.join(server.url, "sitting")
        await seat.publish()
    await asyncio.sleep(1)
    assert all(not seat.room.remote_participants for seat in seats.values()), "the lobby is not closed"
    mediator, applicant, respondent = seats.values()
    await asyncio.to_thread(server.post, "/flip", room="sitting", pairs="mediator>applicant,applicant>mediator")
    await until("the applicant appears", lambda: mediator.frames.get("applicant", 0) > 5)
    times = []
    for round_ in range(6):
        name = ("respondent", "applicant")[round_ % 2]
        mediator.first_frame.pop(name, None)
        mediator.current.pop(name, None)
        started = time.monotonic()
        await asyncio.to_thread(
            server.post, "/flip", room="sitting", pairs=f"mediator>{name},{name}>mediator"
        )
        await until(f"{name} appears", lambda n=name: n in mediator.first_frame)
        times.append(mediator.first_frame[name] - started)
        present = list(mediator.room.remote_participants)
        assert present == [name], f"round {round_}: {present}"
        await asyncio.sleep(0.5)
    silent = respondent.frames.get("mediator", 0)
    heard = applicant.frames.get("mediator", 0)
    await asyncio.sleep(1.5)
    assert respondent.frames.get("mediator", 0) == silent, "frames after the flip"
    assert applicant.frames["mediator"] > heard + 10, "control: the pair inside goes on"
    for seat in seats.values():
        await seat.leave()
    return {"flip_ms": sorted(round(one * 1000) for one in times)[len(times) // 2]}


async def main() -> None:
    server = Server()
    try:
        figures = await plain_room(server)
        figures |= await lost_connections(server)
        figures |= await governed_room(server)
    finally:
        server.stop()
    print(json.dumps(figures))


asyncio.run(asyncio.wait_for(main(), 140))
