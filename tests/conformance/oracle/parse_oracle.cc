// tests/conformance/oracle/parse_oracle.cc: Protobuf's C++ parser, asked about many payloads at once.
//
//   parse_oracle SCHEMAS.binpb RECORDS VERDICTS
//   parse_oracle --changes SCHEMAS.binpb CHANGES VERDICTS
//
// RECORDS is a sequence of records as scripts/corpora.d/truth.py describes them; their verdicts are not looked at. VERDICTS
// gets one byte for each: 0 valid, 1 malformed, 2 parsed but required fields are missing, 3 parsed and whole, with unknown fields.
//
// CHANGES is a sequence of such records, each followed by the number of its changes (u32 LE) and the changes: how many bytes are
// kept, a place, and what that byte is XORed with (u32 LE each). VERDICTS gets one byte for each change.
//
// Built against the system's libprotobuf, whose parser is the reference for proto2 and proto3. Where that library is older than
// editions, files with an edition are left out, and a record of a type that is then unknown ends the program with status 2.
#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/dynamic_message.h>
#include <google/protobuf/stubs/logging.h>

#include <cstdint>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace pb = google::protobuf;

static bool read_file(const char *path, std::string *ret_bytes)
{
    std::ifstream file(path, std::ios::binary);
    ret_bytes->assign(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
    return file.good() || file.eof();
}

// Files come in dependency order, so one whose imports were left out is left out too.
static void build_pool(const pb::FileDescriptorSet &set, pb::DescriptorPool *pool)
{
    for (const auto &file : set.file()) {
        bool is_known =
            file.syntax().empty() || file.syntax() == "proto2" || file.syntax() == "proto3";
        for (const auto &path : file.dependency())
            is_known = is_known && pool->FindFileByName(path) != nullptr;
        if (is_known)
            pool->BuildFile(file);
    }
}

// Each message that is a field of `message`, or an element of one. The parser has bounded the depth.
template <typename Visit> static void for_each_message(const pb::Message &message, Visit visit)
{
    const pb::Reflection *reflection = message.GetReflection();
    std::vector<const pb::FieldDescriptor *> fields;
    reflection->ListFields(message, &fields);
    for (const auto *field : fields) {
        if (field->cpp_type() != pb::FieldDescriptor::CPPTYPE_MESSAGE)
            continue;
        if (!field->is_repeated())
            visit(reflection->GetMessage(message, field));
        else
            for (int i = 0; i < reflection->FieldSize(message, field); i++)
                visit(reflection->GetRepeatedMessage(message, field, i));
    }
}

static bool has_unknown_fields(const pb::Message &message)
{
    bool is_found = !message.GetReflection()->GetUnknownFields(message).empty();
    for_each_message(message, [&](const pb::Message &inner) {
        is_found = is_found || has_unknown_fields(inner);
    });
    return is_found;
}

// A map entry without a value has the default value, and that may lack required fields: so say generated code and protoc 36. The
// library's DynamicMessage keeps such an entry as it came until somebody asks for the map, and calls it complete.
static bool entry_is_complete(const pb::Message &entry)
{
    const auto *value = entry.GetDescriptor()->map_value();
    const pb::Reflection *reflection = entry.GetReflection();
    return value->cpp_type() != pb::FieldDescriptor::CPPTYPE_MESSAGE ||
           reflection->HasField(entry, value) ||
           reflection->GetMessage(entry, value).IsInitialized();
}

// Everywhere below `message`: what IsInitialized() leaves out.
static bool entries_are_complete(const pb::Message &message)
{
    bool is_complete = true;
    for_each_message(message, [&](const pb::Message &inner) {
        const bool is_entry = inner.GetDescriptor()->options().map_entry();
        is_complete =
            is_complete && (!is_entry || entry_is_complete(inner)) && entries_are_complete(inner);
    });
    return is_complete;
}

static uint8_t judge(pb::Message *message, const char *data, uint32_t size)
{
    message->Clear();
    if (!message->ParsePartialFromArray(data, static_cast<int>(size)))
        return 1;
    if (!message->IsInitialized() || !entries_are_complete(*message))
        return 2;
    return has_unknown_fields(*message) ? 3 : 0;
}

static uint32_t read_u32(const std::string &bytes, size_t at)
{
    const auto *from = reinterpret_cast<const uint8_t *>(bytes.data()) + at;
    return from[0] | static_cast<uint32_t>(from[1]) << 8 | static_cast<uint32_t>(from[2]) << 16 |
           static_cast<uint32_t>(from[3]) << 24;
}

// Behind a record: its payload, changed in each of the ways that are listed there.
static size_t judge_changes(pb::Message *message, const std::string &records, size_t at,
                            char *payload, std::string *ret_verdicts)
{
    uint32_t count = read_u32(records, at);
    at += 4;
    for (uint32_t i = 0; i < count; i++, at += 12) {
        uint32_t kept = read_u32(records, at), place = read_u32(records, at + 4);
        char change = static_cast<char>(read_u32(records, at + 8));
        payload[place] ^= change;
        ret_verdicts->push_back(static_cast<char>(judge(message, payload, kept)));
        payload[place] ^= change;
    }
    return at;
}

static bool judge_all(const std::string &records, const pb::DescriptorPool &pool, bool has_changes,
                      std::string *ret_verdicts)
{
    pb::DynamicMessageFactory factory;
    std::map<std::string, std::unique_ptr<pb::Message>> messages;
    for (size_t at = 0; at + 7 <= records.size();) {
        size_t type_len = read_u32(records, at + 1) & 0xffff;
        uint32_t size = read_u32(records, at + 3);
        std::string type = records.substr(at + 7, type_len);
        at += 7 + type_len;
        auto &message = messages[type];
        if (!message) {
            const auto *descriptor = pool.FindMessageTypeByName(type);
            if (!descriptor) {
                std::fprintf(stderr, "parse_oracle: no message type %s\n", type.c_str());
                return false;
            }
            message.reset(factory.GetPrototype(descriptor)->New());
        }
        std::string payload = records.substr(at, size);
        at += size;
        if (has_changes)
            at = judge_changes(message.get(), records, at, &payload[0], ret_verdicts);
        else
            ret_verdicts->push_back(static_cast<char>(judge(message.get(), payload.data(), size)));
    }
    return true;
}

int main(int argc, char **argv)
{
    const bool has_changes = argc == 5 && std::string(argv[1]) == "--changes";
    if (argc != 4 && !has_changes) {
        std::fprintf(stderr, "usage: parse_oracle [--changes] SCHEMAS.binpb RECORDS VERDICTS\n");
        return 2;
    }
    argv += has_changes;
    pb::SetLogHandler(nullptr);
    std::string schemas, records, verdicts;
    pb::FileDescriptorSet set;
    pb::DescriptorPool pool;
    if (!read_file(argv[1], &schemas) || !read_file(argv[2], &records) ||
        !set.ParseFromString(schemas))
        return 2;
    build_pool(set, &pool);
    if (!judge_all(records, pool, has_changes, &verdicts))
        return 2;
    std::ofstream out(argv[3], std::ios::binary);
    out.write(verdicts.data(), static_cast<std::streamsize>(verdicts.size()));
    out.close();
    return out.good() ? 0 : 2;
}
