"""A client that knows nothing of Salient but its addresses: every message and method comes from server reflection."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

import grpc
from google.protobuf import descriptor_pool, message_factory
from google.rpc import error_details_pb2
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import ProtoReflectionDescriptorDatabase
from grpc_status import rpc_status

DETAILS = {
    message.DESCRIPTOR.full_name: message
    for message in (
        error_details_pb2.BadRequest,
        error_details_pb2.ErrorInfo,
        error_details_pb2.LocalizedMessage,
        error_details_pb2.PreconditionFailure,
        error_details_pb2.RetryInfo,
    )
}


@dataclass
class Refusal(Exception):
    """A call's error with its details unpacked, by the short name of their message."""

    code: grpc.StatusCode
    message: str
    details: dict

    @property
    def reason(self) -> str:
        return self.details["ErrorInfo"].reason

    @property
    def fields(self) -> list[str]:
        return [violation.field for violation in self.details["BadRequest"].field_violations]


class Service:
    """The methods of one gRPC service as plain functions: `service.CreateContract({...}, token=...)`."""

    def __init__(self, address: str, full_name: str):
        self.channel = grpc.insecure_channel(address)
        database = ProtoReflectionDescriptorDatabase(self.channel)
        self.pool = descriptor_pool.DescriptorPool(database)
        self.descriptor = self.pool.FindServiceByName(full_name)

    def message(self, full_name: str, **fields):
        descriptor = self.pool.FindMessageTypeByName(full_name)
        return message_factory.GetMessageClass(descriptor)(**fields)

    def __getattr__(self, name: str):
        method = self.descriptor.FindMethodByName(name)
        if method is None:
            raise AttributeError(name)
        request_class = message_factory.GetMessageClass(method.input_type)
        response_class = message_factory.GetMessageClass(method.output_type)
        path = f"/{self.descriptor.full_name}/{name}"
        kind = "stream_unary" if method.client_streaming else "unary_unary"
        callable_ = getattr(self.channel, kind)(
            path,
            request_serializer=request_class.SerializeToString,
            response_deserializer=response_class.FromString,
        )

        def call(request, token: str | None = None, language: str | None = None, timeout: float = 20):
            metadata = []
            if token:
                metadata.append(("authorization", f"Bearer {token}"))
            if language:
                metadata.append(("accept-language", language))
            if method.client_streaming:
                message = (request_class(**part) for part in request)
            else:
                message = request_class(**request)
            try:
                return callable_(message, metadata=metadata, timeout=timeout)
            except grpc.RpcError as error:
                raise unpack(error) from None

        return call


def unpack(error: grpc.RpcError) -> Refusal:
    status = rpc_status.from_call(error)
    details = {}
    for detail in status.details if status else []:
        message = DETAILS[detail.type_url.rpartition("/")[2]]()
        detail.Unpack(message)
        details[message.DESCRIPTOR.name] = message
    return Refusal(error.code(), error.details(), details)


def request_id() -> str:
    return str(uuid.uuid4())
