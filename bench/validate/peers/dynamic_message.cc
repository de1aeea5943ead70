// bench/validate/peers/dynamic_message.cc: C++ libprotobuf's side of bench_peers.py: DynamicMessage, one message object a type,
// used again and again, which is its fastest way.
#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/dynamic_message.h>
#include <google/protobuf/stubs/logging.h>

#include "bench/validate/peers/slices.h"

namespace pb = google::protobuf;

static const pb::DescriptorPool *load_pool(const char *path)
{
    static pb::DescriptorPool *pool;
    if (pool)
        return pool;
    slice_payload set;
    pb::FileDescriptorSet files;
    slice_load(path, &set);
    if (!files.ParseFromArray(set.bytes, static_cast<int>(set.len)))
        slice_give_up("is no FileDescriptorSet", path);
    pool = new pb::DescriptorPool;
    pb::SetLogHandler(nullptr); // files of an edition are too new for it, and no payload needs one
    for (const auto &file : files.file())
        pool->BuildFile(file);
    return pool;
}

static void *open_message(const char *set_path, const char *type)
{
    static pb::DynamicMessageFactory factory;
    const auto *descriptor = load_pool(set_path)->FindMessageTypeByName(type);
    return descriptor ? factory.GetPrototype(descriptor)->New() : nullptr;
}

static bool judge(void *message, const uint8_t *bytes, size_t len)
{
    return static_cast<pb::Message *>(message)->ParseFromArray(bytes, static_cast<int>(len));
}

int main(int count, char **arguments)
{
    static const slice_side side = {open_message, judge};
    return slices_serve(count, arguments, &side);
}
