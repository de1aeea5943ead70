/* bench/validate/peers/protobuf_c.c: protobuf-c's side of bench_peers.py: its generated code, unpacked and freed.
 *
 * bench_peers.py generates the code, and with it the file PROTOBUF_C_TYPES, which has a line
 * TYPE("full.Name", descriptor) for each type. */
#include <protobuf-c/protobuf-c.h>

#include "bench/validate/peers/slices.h"

#define TYPE(name, descriptor) extern const ProtobufCMessageDescriptor descriptor;
#include PROTOBUF_C_TYPES
#undef TYPE

static const struct {
    const char *name;
    const ProtobufCMessageDescriptor *descriptor;
} types[] = {
#define TYPE(name, descriptor) {name, &descriptor},
#include PROTOBUF_C_TYPES
#undef TYPE
};

static void *open_descriptor(const char *set_path, const char *type)
{
    (void)set_path;
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
        if (strcmp(types[i].name, type) == 0)
            return (void *)types[i].descriptor;
    return NULL;
}

static bool judge(void *descriptor, const uint8_t *bytes, size_t len)
{
    ProtobufCMessage *message = protobuf_c_message_unpack(descriptor, NULL, len, bytes);
    if (!message)
        return false;
    protobuf_c_message_free_unpacked(message, NULL);
    return true;
}

int main(int count, char **arguments)
{
    static const slice_side side = {open_descriptor, judge};
    return slices_serve(count, arguments, &side);
}
