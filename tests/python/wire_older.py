"""The PyPI client of before the newer wire (requirements.older.txt), which connects to `/rtc`: two connections, the
server offers on one. The stories of wire.py, and a signalling connection that is cut and resumed.

Run: PYTHONPATH=<folder with that client> ONEDOOR_WIRE_BIN=<example server> python wire_older.py
"""

import asyncio
import json
import time
import urllib.parse

from seat import Seat, Server, until
from wire import governed_room, plain_room


class Proxy:
    """A TCP proxy whose connections can be cut without a word, as a lost network does."""

    def __init__(self, target: str) -> None:
        self.target = urllib.parse.urlparse(target)
        self.ends: list[asyncio.StreamWriter] = []
        self.asked: list[str] = []

    async def start(self) -> str:
        self.server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return f"http://127.0.0.1:{self.server.sockets[0].getsockname()[1]}"

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        inward, outward = await asyncio.open_connection(self.target.hostname, self.target.port)
        self.ends += [writer, outward]
        line = await reader.readline()
        self.asked.append(line.decode().split(" ")[1])
        outward.write(line)
        await asyncio.gather(self._pump(reader, outward), self._pump(inward, writer))

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(65_536):
                writer.write(data)
        except OSError:
            pass
        finally:
            writer.close()

    def cut(self) -> None:
        for end in self.ends:
            end.transport.abort()
        self.ends.clear()


async def resumed(server: Server) -> dict:
    proxy = Proxy(server.url)
    mediator, applicant = Seat("mediator"), Seat("applicant")
    await mediator.join(server.url, "cut")
    await mediator.publish()
    await applicant.join(await proxy.start(), "cut")
    await applicant.publish()
    await until("both see", lambda: mediator.frames.get("applicant", 0) > 5 and applicant.frames.get("mediator", 0) > 5)
    assert all(path.startswith("/rtc?") for path in proxy.asked), proxy.asked
    back, left = [], []
    applicant.room.on("reconnected", lambda: back.append(time.monotonic()))
    mediator.room.on("participant_disconnected", lambda who: left.append(who.identity))
    sid = mediator.room.remote_participants["applicant"].sid
    started = time.monotonic()
    proxy.cut()
    await until("reconnected", lambda: bool(back), 20)
    assert "reconnect=1" in proxy.asked[-1] and f"sid={sid}" in proxy.asked[-1]
    assert mediator.room.remote_participants["applicant"].sid == sid and not left, "the other noticed nothing"
    before = mediator.frames["applicant"], applicant.frames["mediator"]
    await until(
        "pictures go on",
        lambda: mediator.frames["applicant"] > before[0] + 10 and applicant.frames["mediator"] > before[1] + 10,
        20,
    )
    await applicant.room.local_participant.publish_data("我回来了")
    await until("data", lambda: ("applicant", "我回来了".encode()) in mediator.data)
    await applicant.leave()
    await mediator.leave()
    return {"resume_ms": round((back[0] - started) * 1000)}


async def main() -> None:
    server = Server()
    try:
        figures = await plain_room(server)
        figures |= await resumed(server)
        figures |= await governed_room(server)
    finally:
        server.stop()
    print(json.dumps(figures))


asyncio.run(asyncio.wait_for(main(), 140))
