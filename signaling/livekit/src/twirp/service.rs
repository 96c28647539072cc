//! The methods of the room service: grant, then the room's own task does it.

use std::future::ready;

use axum::body::Bytes;
use axum::response::Response;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;

use super::caller::Caller;
use super::form::Form;
use super::{Code, Refused};
use crate::events::LeaveReason;
use crate::proto::{
    CreateRoomRequest, DeleteRoomRequest, DeleteRoomResponse, ListParticipantsRequest,
    ListParticipantsResponse, ListRoomsRequest, ListRoomsResponse, MoveParticipantRequest,
    MoveParticipantResponse, MuteRoomTrackRequest, MuteRoomTrackResponse, ParticipantInfo,
    RemoveParticipantResponse, RoomParticipantIdentity, SendDataRequest, SendDataResponse,
    UpdateParticipantRequest, UpdateRoomMetadataRequest, UpdateSubscriptionsRequest,
    UpdateSubscriptionsResponse,
};
use crate::room::Room;
use crate::wire::Wire;

/// Reads the request, has it done, writes the answer.
pub(super) async fn answer(
    wire: &Wire,
    caller: &Caller,
    method: &str,
    form: Form,
    body: Bytes,
) -> Result<Response, Refused> {
    let call = Call { wire, caller };
    match method {
        "CreateRoom" => form.write(&call.create_room(form.read(body)?).await?),
        "ListRooms" => form.write(&call.list_rooms(form.read(body)?).await?),
        "DeleteRoom" => form.write(&call.delete_room(form.read(body)?).await?),
        "ListParticipants" => form.write(&call.list_participants(form.read(body)?).await?),
        "GetParticipant" => form.write(&call.get_participant(form.read(body)?).await?),
        "RemoveParticipant" => form.write(&call.remove_participant(form.read(body)?).await?),
        "MutePublishedTrack" => form.write(&call.mute(form.read(body)?).await?),
        "UpdateParticipant" => form.write(&call.update_participant(form.read(body)?).await?),
        "UpdateSubscriptions" => form.write(&call.update_subscriptions(form.read(body)?).await?),
        "SendData" => form.write(&call.send_data(form.read(body)?).await?),
        "UpdateRoomMetadata" => form.write(&call.update_room_metadata(form.read(body)?).await?),
        "MoveParticipant" => form.write(&call.move_participant(form.read(body)?).await?),
        "ForwardParticipant" | "PerformRpc" => {
            Err(Refused::new(Code::Unimplemented, format!("{method} is not offered")))
        }
        _ => Err(Refused::new(Code::BadRoute, format!("no handler for {method}"))),
    }
}

struct Call<'a> {
    wire: &'a Wire,
    caller: &'a Caller,
}

impl Call<'_> {
    /// Has the room's task do something on behalf of an admin of that room.
    async fn administer<T: Send + 'static>(
        &self,
        room: &str,
        job: impl for<'r> FnOnce(&'r mut Room) -> BoxFuture<'r, Result<T, Refused>> + Send + 'static,
    ) -> Result<T, Refused> {
        self.caller.may_administer(room)?;
        let handle = self.wire.shared.find(room).ok_or_else(Refused::no_room)?;
        handle.with(job).await.unwrap_or_else(|| Err(Refused::no_room()))
    }

    async fn create_room(&self, request: CreateRoomRequest) -> Result<crate::proto::Room, Refused> {
        self.caller.may_create()?;
        if request.name.is_empty() {
            return Err(Refused::new(Code::InvalidArgument, "a room needs a name"));
        }
        let eye = self.caller.eye();
        let handle = self.wire.shared.open(&request.name);
        let told = handle
            .with(move |room| {
                room.configure(&request);
                ready(room.described(&eye)).boxed()
            })
            .await;
        told.flatten().ok_or_else(Refused::no_room)
    }

    async fn list_rooms(&self, request: ListRoomsRequest) -> Result<ListRoomsResponse, Refused> {
        self.caller.may_list()?;
        let mut rooms = Vec::new();
        for (name, handle) in self.wire.shared.all() {
            let eye = self.caller.eye();
            if request.names.is_empty() || request.names.contains(&name) {
                let told = handle.with(move |room| ready(room.described(&eye)).boxed()).await;
                rooms.extend(told.flatten());
            }
        }
        Ok(ListRoomsResponse { rooms })
    }

    async fn delete_room(&self, request: DeleteRoomRequest) -> Result<DeleteRoomResponse, Refused> {
        self.caller.may_create()?;
        self.wire.shared.find(&request.room).ok_or_else(Refused::no_room)?;
        self.wire.close_room(&request.room, LeaveReason::RoomDeleted).await;
        Ok(DeleteRoomResponse {})
    }

    async fn list_participants(
        &self,
        request: ListParticipantsRequest,
    ) -> Result<ListParticipantsResponse, Refused> {
        let (eye, name) = (self.caller.eye(), request.room);
        let participants =
            self.administer(&name, move |room| ready(Ok(room.participants(&eye))).boxed()).await?;
        Ok(ListParticipantsResponse { participants })
    }

    async fn get_participant(&self, request: RoomParticipantIdentity) -> Result<ParticipantInfo, Refused> {
        let (eye, name) = (self.caller.eye(), request.room);
        self.administer(&name, move |room| ready(room.participant(&eye, &request.identity)).boxed()).await
    }

    async fn remove_participant(
        &self,
        request: RoomParticipantIdentity,
    ) -> Result<RemoveParticipantResponse, Refused> {
        let RoomParticipantIdentity { room, identity, revoke_token_ts } = request.clone();
        self.get_participant(request).await?;
        self.wire.remove(&room, &identity, LeaveReason::Removed).await;
        // Tokens may be revoked ahead of now, for instance until the end of the day.
        let until = u64::try_from(revoke_token_ts).unwrap_or_default().saturating_mul(1000);
        if until > 0 {
            self.wire.revoke(&room, &identity, until).await;
        }
        Ok(RemoveParticipantResponse {})
    }

    /// Into a room there is, or one a token may open; never into a sitting, whose people come by their links.
    async fn move_participant(
        &self,
        request: MoveParticipantRequest,
    ) -> Result<MoveParticipantResponse, Refused> {
        let MoveParticipantRequest { room, identity, destination_room } = request;
        self.caller.may_move(&room, &destination_room)?;
        if destination_room.is_empty() || destination_room == room {
            return Err(Refused::new(Code::InvalidArgument, "another room must be named"));
        }
        let shared = &self.wire.shared;
        if shared.is_governed(&destination_room) {
            return Err(Refused::new(Code::FailedPrecondition, "nobody is moved into a sitting"));
        }
        let who = identity.clone();
        let place = match shared.find(&destination_room) {
            Some(there) => there.with(move |room| ready(room.takes(&who)).boxed()).await,
            None => shared.config.open_rooms.then_some(true),
        };
        if !place.ok_or_else(Refused::no_room)? {
            return Err(Refused::new(Code::ResourceExhausted, "the room is full"));
        }
        let (eye, who) = (self.caller.eye(), identity.clone());
        self.administer(&room, move |room| {
            async move { room.move_to(&eye, &who, &destination_room).await }.boxed()
        })
        .await?;
        // A client that comes back by an older token is not to be in both rooms.
        self.wire.revoke(&room, &identity, crate::clock::now_ms()).await;
        Ok(MoveParticipantResponse {})
    }

    async fn mute(&self, request: MuteRoomTrackRequest) -> Result<MuteRoomTrackResponse, Refused> {
        let (eye, name) = (self.caller.eye(), request.room.clone());
        let track = self
            .administer(&name, move |room| {
                async move {
                    room.mute_published(&eye, &request.identity, &request.track_sid, request.muted).await
                }
                .boxed()
            })
            .await?;
        Ok(MuteRoomTrackResponse { track: Some(track) })
    }

    async fn update_participant(
        &self,
        request: UpdateParticipantRequest,
    ) -> Result<ParticipantInfo, Refused> {
        let (eye, name) = (self.caller.eye(), request.room.clone());
        self.administer(&name, move |room| {
            async move { room.update_participant(&eye, request).await }.boxed()
        })
        .await
    }

    async fn update_subscriptions(
        &self,
        request: UpdateSubscriptionsRequest,
    ) -> Result<UpdateSubscriptionsResponse, Refused> {
        let (eye, name) = (self.caller.eye(), request.room.clone());
        self.administer(&name, move |room| ready(room.update_subscriptions(&eye, request)).boxed()).await?;
        Ok(UpdateSubscriptionsResponse {})
    }

    async fn send_data(&self, request: SendDataRequest) -> Result<SendDataResponse, Refused> {
        let (eye, name) = (self.caller.eye(), request.room.clone());
        self.administer(&name, move |room| ready(room.send_data(&eye, request)).boxed()).await?;
        Ok(SendDataResponse {})
    }

    async fn update_room_metadata(
        &self,
        request: UpdateRoomMetadataRequest,
    ) -> Result<crate::proto::Room, Refused> {
        let (eye, name) = (self.caller.eye(), request.room.clone());
        self.administer(&name, move |room| {
            ready(room.update_metadata_of_room(&eye, request.metadata)).boxed()
        })
        .await
    }
}
