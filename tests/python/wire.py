"""Two headless participants on the PyPI client (its own libwebrtc) against the wire and its SFU.

Run: ONEDOOR_WIRE_BIN=<example server> python wire.py     (cargo build -p livekit --example wire)
Ends with a line of JSON and code 0 when pictures, sound, data, a text stream, a remote call and a governed
flip all went through; any other end is a failure.
"""

import asyncio
import json
import time

from livekit import rtc

from seat import Seat, Server, until


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


if __name__ == "__main__":
    asyncio.run(asyncio.wait_for(main(), 140))
