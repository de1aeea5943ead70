/* schema/descriptor_path.h: field numbers of descriptor.proto, by which elements are found.
 *
 * An element, and each part of it, has a path of them (SourceCodeInfo.Location.path): [4, 2, 2, 0] is field 0 of message 2, and
 * [4, 2, 2, 0, 3] its number. Source info is written and read by these paths, and findings of linking are located by them. */
#pragma once

enum {
    SL_AT_FILE_PACKAGE = 2,
    SL_AT_FILE_DEPENDENCY = 3,
    SL_AT_FILE_MESSAGE = 4,
    SL_AT_FILE_ENUM = 5,
    SL_AT_FILE_SERVICE = 6,
    SL_AT_FILE_EXTENSION = 7,
    SL_AT_FILE_OPTIONS = 8,
    SL_AT_FILE_PUBLIC_DEPENDENCY = 10,
    SL_AT_FILE_WEAK_DEPENDENCY = 11,
    SL_AT_FILE_SYNTAX = 12,
    SL_AT_FILE_EDITION = 14,
    SL_AT_FILE_OPTION_DEPENDENCY = 15,
    SL_AT_NAME = 1, /* of everything that has one */
    SL_AT_MESSAGE_FIELD = 2,
    SL_AT_MESSAGE_MESSAGE = 3,
    SL_AT_MESSAGE_ENUM = 4,
    SL_AT_MESSAGE_EXTENSION_RANGE = 5,
    SL_AT_MESSAGE_EXTENSION = 6,
    SL_AT_MESSAGE_OPTIONS = 7,
    SL_AT_MESSAGE_ONEOF = 8,
    SL_AT_MESSAGE_RESERVED_RANGE = 9,
    SL_AT_MESSAGE_RESERVED_NAME = 10,
    SL_AT_FIELD_EXTENDEE = 2,
    SL_AT_FIELD_NUMBER = 3,
    SL_AT_FIELD_LABEL = 4,
    SL_AT_FIELD_TYPE = 5,
    SL_AT_FIELD_TYPE_NAME = 6,
    SL_AT_FIELD_DEFAULT = 7,
    SL_AT_FIELD_OPTIONS = 8,
    SL_AT_FIELD_JSON_NAME = 10,
    SL_AT_ONEOF_OPTIONS = 2,
    SL_AT_RANGE_START = 1,
    SL_AT_RANGE_END = 2,
    SL_AT_RANGE_OPTIONS = 3,
    SL_AT_ENUM_VALUE = 2,
    SL_AT_ENUM_OPTIONS = 3,
    SL_AT_ENUM_RESERVED_RANGE = 4,
    SL_AT_ENUM_RESERVED_NAME = 5,
    SL_AT_VALUE_NUMBER = 2,
    SL_AT_VALUE_OPTIONS = 3,
    SL_AT_SERVICE_METHOD = 2,
    SL_AT_SERVICE_OPTIONS = 3,
    SL_AT_METHOD_INPUT = 2,
    SL_AT_METHOD_OUTPUT = 3,
    SL_AT_METHOD_OPTIONS = 4,
    SL_AT_METHOD_CLIENT_STREAMING = 5,
    SL_AT_METHOD_SERVER_STREAMING = 6,
};

/* Fields of options messages, and of FeatureSet, that rules point at. */
enum {
    SL_AT_MESSAGE_FEATURES = 12,
    SL_AT_FIELD_FEATURES = 21,
    SL_AT_ENUM_FEATURES = 7,
    SL_AT_METHOD_IDEMPOTENCY = 34,
    SL_AT_FEATURE_ENUM_TYPE = 2,
    SL_AT_FEATURE_UTF8 = 4,
    SL_AT_FEATURE_JSON = 6,
};

/* Fields of SourceCodeInfo itself, and of its Location. */
enum {
    SL_SOURCE_INFO_LOCATION = 1,
    SL_LOCATION_PATH = 1,
    SL_LOCATION_SPAN = 2,
    SL_LOCATION_LEADING = 3,
    SL_LOCATION_TRAILING = 4,
    SL_LOCATION_DETACHED = 6,
};
