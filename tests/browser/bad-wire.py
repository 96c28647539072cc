"""A bad network between two namespaces, in user space, for kernels without netem.

Two TUN devices are the ends of one wire: whatever IP packet goes in at one end comes out at the other, after loss,
delay, jitter (with reordering, as netem's) and a rate with a short queue, as told. Usage:

    bad-wire.py NAMESPACE_A DEVICE_A NAMESPACE_B DEVICE_B

Reads one JSON object a line: {"id": 1, "up": {…}, "down": {…}}; up is A → B. Keys: loss (0 to 1), delay and jitter
(ms: each packet takes delay ± jitter), rate (bit/s; absent: unlimited), queue (ms of the rate's queue). Answers each
line with one: the id, and what went each way since the last one. Ends when its input ends.
"""

import fcntl
import heapq
import json
import os
import random
import select
import struct
import subprocess
import sys
import time

TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454CA, 0x0001, 0x1000


def end(namespace: str, device: str) -> int:
    tun = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(tun, TUNSETIFF, struct.pack("16sH", device.encode(), IFF_TUN | IFF_NO_PI))
    subprocess.run(["ip", "link", "set", device, "netns", namespace], check=True)
    return tun


class Way:
    """One direction."""

    def __init__(self, source: int, target: int) -> None:
        self.source, self.target = source, target
        self.free_at = 0.0
        self.terms: dict = {}
        self.fresh()

    def fresh(self) -> dict:
        had = getattr(self, "counts", {})
        self.counts = {"packets": 0, "bytes": 0, "lost": 0, "late": 0}
        return had

    def due(self, size: int, now: float) -> float | None:
        """When a packet that came now goes out; None when it is lost."""
        terms = self.terms
        self.counts["packets"] += 1
        self.counts["bytes"] += size
        if random.random() < terms.get("loss", 0.0):
            self.counts["lost"] += 1
            return None
        out = now
        if rate := terms.get("rate"):
            out = max(now, self.free_at)
            if out - now > terms.get("queue", 200) / 1000:
                self.counts["late"] += 1
                return None
            self.free_at = out = out + size * 8 / rate
        jitter = terms.get("jitter", 0.0)
        return out + max(0.0, terms.get("delay", 0.0) + random.uniform(-jitter, jitter)) / 1000


def main() -> None:
    a, b = end(*sys.argv[1:3]), end(*sys.argv[3:5])
    ways = {"up": Way(a, b), "down": Way(b, a)}
    by_source = {way.source: way for way in ways.values()}
    waiting: list = []  # (due, order, target, packet)
    order, rest = 0, b""
    print(json.dumps({"ready": True}), flush=True)
    while True:
        now = time.monotonic()
        while waiting and waiting[0][0] <= now:
            _, _, target, packet = heapq.heappop(waiting)
            try:
                os.write(target, packet)
            except OSError:
                pass  # the device is down: a cut wire
        timeout = max(0.0, waiting[0][0] - now) if waiting else None
        ready, _, _ = select.select([a, b, sys.stdin], [], [], timeout)
        for source in ready:
            if source is sys.stdin:
                chunk = os.read(sys.stdin.fileno(), 65536)
                if not chunk:
                    return
                *lines, rest = (rest + chunk).split(b"\n")
                for line in lines:
                    told = json.loads(line)
                    answer = {"id": told.get("id")}
                    for name, way in ways.items():
                        way.terms = told.get(name, way.terms)
                        answer[name] = way.fresh()
                    print(json.dumps(answer), flush=True)
                continue
            way = by_source[source]
            for _ in range(64):
                try:
                    packet = os.read(source, 65536)
                except OSError:
                    break
                now = time.monotonic()
                due = way.due(len(packet), now)
                if due is None:
                    continue
                order += 1
                heapq.heappush(waiting, (due, order, way.target, packet))


main()
