"""One participant on the PyPI client, steered over standard input, for rooms it shares with browsers.

Run: python guest.py <url> <token> <codec>    codec: vp8 h264 vp9 av1
It publishes a moving picture and a tone, answers the remote call `confirm`, and echoes data. A line of JSON goes in
(`{"say": text}`, `{"ask": identity, "payload": text}`) and lines of JSON come out: what it has seen, heard and read so far.
It leaves when its input ends.
"""

import asyncio
import json
import sys

from livekit import rtc

from seat import Seat

CODECS = {
    "vp8": rtc.VideoCodec.VP8,
    "h264": rtc.VideoCodec.H264,
    "vp9": rtc.VideoCodec.VP9,
    "av1": rtc.VideoCodec.AV1,
}


def tell(**what: object) -> None:
    print(json.dumps(what, ensure_ascii=False), flush=True)


async def report(seat: Seat) -> None:
    while True:
        tell(
            frames=seat.frames,
            spread=seat.spread,
            loudness=seat.loudness,
            data=[[who, data.decode(errors="replace")] for who, data in seat.data],
            events=seat.events,
        )
        await asyncio.sleep(0.2)


async def main(url: str, token: str, codec: str) -> None:
    seat = Seat("guest")
    await seat.join_with(url, token)

    async def confirm(call: rtc.RpcInvocationData) -> str:
        return f"{call.caller_identity}: {call.payload}"

    seat.room.local_participant.register_rpc_method("confirm", confirm)
    await seat.publish(CODECS[codec])
    telling = asyncio.create_task(report(seat))
    while line := await asyncio.to_thread(sys.stdin.readline):
        order = json.loads(line)
        if "say" in order:
            await seat.room.local_participant.publish_data(order["say"], reliable=True)
        else:
            answer = await seat.room.local_participant.perform_rpc(
                destination_identity=order["ask"], method="confirm", payload=order["payload"]
            )
            tell(answer=answer)
    telling.cancel()
    await seat.leave()


asyncio.run(main(*sys.argv[1:4]))
