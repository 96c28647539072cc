"""LiveKit's own server library (PyPI livekit-api) against the room service, with the PyPI client in the room.

Run: ONEDOOR_WIRE_BIN=<example server> python admin.py     (cargo build -p livekit --example wire)
Ends with a line of JSON and code 0 when every method did what it says and the client noticed.
"""

import asyncio
import json
import time

from livekit import api, rtc

from seat import Seat, Server, until

ROOM = "service"


async def refused(call, code: str) -> None:
    try:
        await call
    except api.TwirpError as error:
        assert error.code == code, f"{error.code}, not {code}: {error.message}"
        return
    raise AssertionError(f"not refused, though {code} was expected")


def still(seat: Seat, who: str, since: dict = {}) -> bool:  # noqa: B006 (the memory of one wait)
    """No frame of `who` for a second."""
    now, frames = time.monotonic(), seat.frames.get(who, 0)
    if since.get("frames") != frames:
        since.update(frames=frames, at=now)
    return now - since["at"] > 1


async def rooms(service) -> None:
    made = await service.create_room(api.CreateRoomRequest(name=ROOM, metadata="第一调解室", max_participants=2))
    assert made.sid.startswith("RM_") and made.metadata == "第一调解室" and made.empty_timeout == 300, made
    listed = (await service.list_rooms(api.ListRoomsRequest(names=[ROOM]))).rooms
    assert [room.name for room in listed] == [ROOM], listed
    assert not (await service.list_rooms(api.ListRoomsRequest(names=["elsewhere"]))).rooms


async def people(service, mediator: Seat, applicant: Seat) -> dict:
    who = api.RoomParticipantIdentity(room=ROOM, identity="applicant")
    listed = (await service.list_participants(api.ListParticipantsRequest(room=ROOM))).participants
    assert sorted(one.identity for one in listed) == ["applicant", "mediator"], listed
    one = await service.get_participant(who)
    camera = next(track for track in one.tracks if track.source == api.TrackSource.CAMERA)
    await refused(service.get_participant(api.RoomParticipantIdentity(room=ROOM, identity="nobody")), "not_found")

    # Data from the server, to one and not to the other.
    await service.send_data(
        api.SendDataRequest(room=ROOM, data="休庭".encode(), destination_identities=["applicant"], topic="bell")
    )
    await until("the bell", lambda: ("", "休庭".encode()) in applicant.data)
    assert not mediator.data, mediator.data

    # Muted by the server; not unmuted.
    mute = api.MuteRoomTrackRequest(room=ROOM, identity="applicant", track_sid=camera.sid, muted=True)
    assert (await service.mute_published_track(mute)).track.muted
    await until("the mediator sees the mute", lambda: any(
        publication.muted for publication in mediator.room.remote_participants["applicant"].track_publications.values()
    ))
    mute.muted = False
    await refused(service.mute_published_track(mute), "failed_precondition")

    # What the applicant may subscribe to is changed for it.
    tracks = [track.sid for track in (await service.get_participant(
        api.RoomParticipantIdentity(room=ROOM, identity="mediator"))).tracks]
    subscriptions = api.UpdateSubscriptionsRequest(room=ROOM, identity="applicant", track_sids=tracks, subscribe=False)
    await service.update_subscriptions(subscriptions)
    await until("pictures stop", lambda: still(applicant, "mediator"))
    subscriptions.subscribe = True
    await service.update_subscriptions(subscriptions)
    before = applicant.frames.get("mediator", 0)
    await until("pictures again", lambda: applicant.frames.get("mediator", 0) > before + 5)
    return await rights(service, mediator, applicant)


async def rights(service, mediator: Seat, applicant: Seat) -> dict:
    listening = api.ParticipantPermission(can_subscribe=True, can_publish=False, can_publish_data=False)
    changed = await service.update_participant(
        api.UpdateParticipantRequest(room=ROOM, identity="applicant", permission=listening, name="李先生", attributes={"hand": "up"})
    )
    assert changed.name == "李先生" and not changed.tracks, changed
    seen = mediator.room.remote_participants["applicant"]
    await until("the mediator is told", lambda: seen.name == "李先生" and seen.attributes.get("hand") == "up")
    await until("nothing of the applicant is left", lambda: not seen.track_publications)
    await applicant.room.local_participant.publish_data("听得见吗", reliable=True)
    try:
        await asyncio.wait_for(applicant.publish(), 12)
        raise AssertionError("published without the right to")
    except (rtc.participant.PublishTrackError, asyncio.TimeoutError):
        pass
    assert not mediator.data, f"data without the right to: {mediator.data}"
    speaking = api.ParticipantPermission(can_subscribe=True, can_publish=True, can_publish_data=True)
    await service.update_participant(
        api.UpdateParticipantRequest(room=ROOM, identity="applicant", permission=speaking)
    )
    before = mediator.frames.get("applicant", 0)
    started = time.monotonic()
    await applicant.publish()
    await until("the mediator sees again", lambda: mediator.frames.get("applicant", 0) > before + 5)
    return {"republished_ms": round((time.monotonic() - started) * 1000)}


async def the_end(service, mediator: Seat, applicant: Seat) -> dict:
    gone: dict[str, tuple[float, int]] = {}
    for seat in (mediator, applicant):
        seat.room.on("disconnected", lambda why, who=seat.identity: gone.setdefault(who, (time.monotonic(), why)))
    metadata: list[str] = []
    mediator.room.on("room_metadata_changed", lambda _old, new: metadata.append(new))
    await service.update_room_metadata(api.UpdateRoomMetadataRequest(room=ROOM, metadata="第二调解室"))
    await until("new metadata", lambda: metadata == ["第二调解室"])
    started = time.monotonic()
    await service.remove_participant(api.RoomParticipantIdentity(room=ROOM, identity="applicant"))
    await until("the applicant is out", lambda: "applicant" in gone)
    removed = gone["applicant"][0] - started
    assert removed < 2 and gone["applicant"][1] == rtc.DisconnectReason.PARTICIPANT_REMOVED, gone
    await service.delete_room(api.DeleteRoomRequest(room=ROOM))
    await until("the mediator is told", lambda: "mediator" in gone)
    assert gone["mediator"][1] == rtc.DisconnectReason.ROOM_DELETED, gone
    await refused(service.delete_room(api.DeleteRoomRequest(room=ROOM)), "not_found")
    return {"removed_ms": round(removed * 1000)}


async def main() -> None:
    server = Server()
    tool = api.LiveKitAPI(server.url, "devkey", "secret")
    stranger = api.LiveKitAPI(server.url, "devkey", "guessed")
    try:
        await refused(stranger.room.list_rooms(api.ListRoomsRequest()), "unauthenticated")
        await rooms(tool.room)
        mediator, applicant = Seat("mediator"), Seat("applicant")
        for seat in (mediator, applicant):
            await seat.join(server.url, ROOM)
            await seat.publish()
        await until("both see", lambda: mediator.frames.get("applicant", 0) > 5 and applicant.frames.get("mediator", 0) > 5)
        figures = await people(tool.room, mediator, applicant)
        figures |= await the_end(tool.room, mediator, applicant)
        for seat in (mediator, applicant):
            await seat.leave()
    finally:
        await tool.aclose()
        await stranger.aclose()
        server.stop()
    print(json.dumps(figures))


asyncio.run(asyncio.wait_for(main(), 100))
