#include "dispatcher.h"

#include <string.h>

#define SUCCESS 0u
#define INVALID_PARAMETER 0xc000000du
#define INVALID_DEVICE_REQUEST 0xc0000010u
#define BUFFER_TOO_SMALL 0xc0000023u
#define GUID_NOT_FOUND 0xc0000295u
#define INSTANCE_NOT_FOUND 0xc0000296u
#define ITEMID_NOT_FOUND 0xc0000297u
#define TRY_AGAIN 0xc000029au /* any failure serves: the driver's data has changed */
#define READ_ONLY 0xc00002c6u

#define FLAG_ALL_DATA 0x1u
#define FLAG_SINGLE_INSTANCE 0x2u
#define FLAG_FIXED_INSTANCE_SIZE 0x10u
#define FLAG_TOO_SMALL 0x20u
#define FLAG_STATIC_INSTANCE_NAMES 0x80u
#define FLAG_METHOD_ITEM 0x8000u
#define FLAG_PDO_INSTANCE_NAMES 0x10000u
/* What a reply says of itself, whatever the request said. */
#define FLAGS_OF_REPLY 0x3ae07fu

#define REG_EXPENSIVE 0x1u
#define REG_INSTANCE_BASENAME 0x8u
#define REG_INSTANCE_PDO 0x20u
#define REG_EVENT_ONLY_GUID 0x40u

struct header {
    uint32_t buffer_size;
    uint32_t provider_id;
    uint64_t historical_context;
    int64_t time_stamp;
    uint8_t guid[16];
    uint32_t client_context;
    uint32_t flags;
};

struct all_data {
    struct header header;
    uint32_t data_block_offset;
    uint32_t instance_count;
    uint32_t offset_instance_name_offsets;
    uint32_t fixed_instance_size;
};

struct too_small {
    struct header header;
    uint32_t size_needed;
    uint32_t padding;
};

/* WNODE_SINGLE_INSTANCE, of 64 bytes, where DataBlockOffset stands in the place of the item. */
struct single {
    struct header header;
    uint32_t offset_instance_name;
    uint32_t instance_index;
    union {
        struct {
            uint32_t data_offset;
            uint32_t data_size;
        } instance;
        struct {
            uint32_t item;
            uint32_t data_offset;
            uint32_t data_size;
        } item;
    } of;
};

#define INSTANCE_END 64u
#define ITEM_END 68u

struct reg_info {
    uint32_t buffer_size;
    uint32_t next;
    uint32_t registry_path;
    uint32_t mof_resource_name;
    uint32_t guid_count;
    uint32_t padding;
};

struct reg_guid {
    uint8_t guid[16];
    uint32_t flags;
    uint32_t instance_count;
    uint64_t instance_info;
};

/* A request for one block. */
struct request {
    const struct driver *driver;
    const struct block *block;
    void *context;
    uint32_t index;
    int64_t time;
    uint8_t *buffer;
    size_t size;
    size_t *information;
};

/* What a WNODE of one instance says. */
struct target {
    size_t end;       /* of the fixed part */
    size_t name;      /* where the name starts */
    size_t name_end;
    uint32_t instance;
    uint32_t item;
    size_t data;
    size_t data_size;
};

static size_t align(size_t offset, size_t to)
{
    return (offset + to - 1) & ~(to - 1);
}

static void reply_header(const struct request *request, struct header *header, size_t size,
                         uint32_t kind)
{
    header->buffer_size = (uint32_t)size;
    header->time_stamp = request->time;
    memcpy(header->guid, request->block->guid, 16);
    header->flags = (header->flags & ~FLAGS_OF_REPLY) | kind;
    if (request->block->flags & BLOCK_DYNAMIC)
        header->flags &= ~(FLAG_STATIC_INSTANCE_NAMES | FLAG_PDO_INSTANCE_NAMES);
}

static uint32_t too_small(const struct request *request, uint64_t needed)
{
    struct too_small reply;

    if (needed > UINT32_MAX)
        return INVALID_PARAMETER;
    memset(&reply, 0, sizeof reply);
    reply.header.buffer_size = sizeof reply;
    memcpy(reply.header.guid, request->block->guid, 16);
    reply.header.flags = FLAG_TOO_SMALL;
    reply.size_needed = (uint32_t)needed;
    memcpy(request->buffer, &reply, sizeof reply);
    *request->information = sizeof reply;
    return SUCCESS;
}

static uint32_t query_all(const struct request *request)
{
    const struct driver *driver = request->driver;
    const struct block *block = request->block;
    int is_fixed = (block->flags & BLOCK_FIXED) != 0;
    int is_dynamic = (block->flags & BLOCK_DYNAMIC) != 0;
    uint32_t count = driver->count(request->context, request->index);
    size_t data = sizeof(struct all_data), end, measured, names = 0, at;
    struct all_data reply;
    uint32_t status, instance;

    if (is_fixed) {
        size_t stride = align(block->fixed_size ? block->fixed_size : 1, 8);
        end = count ? data + (count - 1) * stride + block->fixed_size : data;
    } else {
        size_t places = 60 + 8 * (size_t)count;
        if (places > data)
            data = align(places, 8);
        end = data;
        for (instance = 0; instance < count; instance++) {
            size_t size;
            status = driver->query(request->context, request->index, instance, NULL, 0, &size);
            if (status)
                return status;
            end = align(end, 8) + size;
        }
    }
    at = measured = end;
    if (is_dynamic) {
        names = align(end, 4);
        at = names + 4 * (size_t)count;
        for (instance = 0; instance < count; instance++)
            at += 2 + 2 * (size_t)driver->name(request->context, request->index, instance).length;
    }
    if (at > request->size)
        return too_small(request, at);

    memcpy(&reply.header, request->buffer, sizeof reply.header);
    end = data;
    if (!is_fixed)
        memset(request->buffer + 60, 0, data - 60);
    for (instance = 0; instance < count; instance++) {
        size_t size, start = align(end, 8);
        if (start > measured)
            return TRY_AGAIN;
        memset(request->buffer + end, 0, start - end);
        status = driver->query(request->context, request->index, instance, request->buffer + start,
                               measured - start, &size);
        if (status)
            return status;
        if (size > measured - start)
            return TRY_AGAIN;
        if (!is_fixed) {
            uint32_t place[2] = {(uint32_t)start, (uint32_t)size};
            memcpy(request->buffer + 60 + 8 * (size_t)instance, place, sizeof place);
        }
        end = start + size;
    }
    if (is_dynamic) {
        size_t text = names + 4 * (size_t)count;
        memset(request->buffer + end, 0, names - end);
        for (instance = 0; instance < count; instance++) {
            struct text name = driver->name(request->context, request->index, instance);
            uint32_t offset = (uint32_t)text;
            uint16_t bytes = (uint16_t)(2 * name.length);
            if (text + 2 + bytes > at)
                return TRY_AGAIN;
            memcpy(request->buffer + names + 4 * (size_t)instance, &offset, sizeof offset);
            memcpy(request->buffer + text, &bytes, sizeof bytes);
            memcpy(request->buffer + text + 2, name.units, bytes);
            text += 2 + bytes;
        }
    }
    reply_header(request, &reply.header, at,
                 FLAG_ALL_DATA | (is_fixed ? FLAG_FIXED_INSTANCE_SIZE : 0) |
                     (is_dynamic ? 0 : FLAG_STATIC_INSTANCE_NAMES));
    reply.data_block_offset = (uint32_t)data;
    reply.instance_count = count;
    reply.offset_instance_name_offsets = (uint32_t)names;
    reply.fixed_instance_size = block->fixed_size;
    memcpy(request->buffer, &reply, is_fixed ? sizeof reply : 60);
    *request->information = at;
    return SUCCESS;
}

static uint16_t fold(uint16_t unit)
{
    return unit >= 'A' && unit <= 'Z' ? unit + ('a' - 'A') : unit;
}

static int is_same(struct text name, const uint8_t *wanted, size_t units)
{
    size_t unit;

    if (name.length != units)
        return 0;
    for (unit = 0; unit < units; unit++) {
        uint16_t other;
        memcpy(&other, wanted + 2 * unit, sizeof other);
        if (fold(name.units[unit]) != fold(other))
            return 0;
    }
    return 1;
}

/* Checks the place of the name and says how many units it has, without a final NUL. */
static int read_name(const struct request *request, size_t start, size_t end, size_t *name_end,
                     size_t *units)
{
    uint16_t bytes, last;

    if (start < end || start % 2 || start + 2 > request->size)
        return 0;
    memcpy(&bytes, request->buffer + start, sizeof bytes);
    if (bytes % 2 || start + 2 + bytes > request->size)
        return 0;
    *name_end = start + 2 + bytes;
    *units = bytes / 2u;
    if (bytes) {
        memcpy(&last, request->buffer + *name_end - 2, sizeof last);
        *units -= last == 0;
    }
    return 1;
}

/* Reads the fixed part and finds the instance. */
static uint32_t find(const struct request *request, int is_instance, struct target *target)
{
    const struct driver *driver = request->driver;
    struct single wnode;
    size_t name_end, units, name;
    uint32_t count, instance;
    int is_static;

    target->end = is_instance ? INSTANCE_END : ITEM_END;
    if (request->size < target->end)
        return INVALID_PARAMETER;
    memcpy(&wnode, request->buffer, target->end);
    if (is_instance) {
        target->item = 0;
        target->data = wnode.of.instance.data_offset;
        target->data_size = wnode.of.instance.data_size;
    } else {
        target->item = wnode.of.item.item;
        target->data = wnode.of.item.data_offset;
        target->data_size = wnode.of.item.data_size;
    }
    target->name = target->name_end = target->end;
    name = wnode.offset_instance_name;
    is_static = (wnode.header.flags & FLAG_STATIC_INSTANCE_NAMES) != 0;
    if (is_static == ((request->block->flags & BLOCK_DYNAMIC) != 0))
        return INSTANCE_NOT_FOUND;
    count = driver->count(request->context, request->index);
    if (is_static) {
        size_t sent = wnode.header.buffer_size;
        if (target->data < sent)
            sent = target->data;
        if (read_name(request, name, target->end, &name_end, &units) && name_end <= sent) {
            target->name = name;
            target->name_end = name_end;
        }
        instance = wnode.instance_index;
    } else {
        if (!read_name(request, name, target->end, &name_end, &units))
            return INVALID_PARAMETER;
        target->name = name;
        target->name_end = name_end;
        for (instance = 0; instance < count; instance++)
            if (is_same(driver->name(request->context, request->index, instance),
                        request->buffer + name + 2, units))
                break;
    }
    if (instance >= count)
        return INSTANCE_NOT_FOUND;
    if (request->block->flags & BLOCK_EVENT_ONLY)
        return INVALID_DEVICE_REQUEST;
    target->instance = instance;
    return SUCCESS;
}

/* Checks where the data lies; without data it may lie anywhere. */
static uint32_t check_data(const struct request *request, const struct target *target)
{
    if (target->data_size == 0)
        return SUCCESS;
    if (target->data < target->end || target->data > request->size ||
        target->data_size > request->size - target->data)
        return INVALID_PARAMETER;
    return SUCCESS;
}

static void finish(const struct request *request, const struct target *target, size_t data,
                   size_t size, uint32_t kind)
{
    struct single *wnode = (struct single *)request->buffer;
    size_t end = data + size;

    memset(request->buffer + target->end, 0, target->name - target->end);
    if (data > target->name_end)
        memset(request->buffer + target->name_end, 0, data - target->name_end);
    if (kind == FLAG_SINGLE_INSTANCE) {
        wnode->of.instance.data_size = (uint32_t)size;
    } else {
        wnode->of.item.data_offset = (uint32_t)data;
        wnode->of.item.data_size = (uint32_t)size;
    }
    reply_header(request, &wnode->header, end, kind);
    *request->information = end;
}

static uint32_t query_single(const struct request *request)
{
    struct target target;
    size_t size, room;
    uint32_t status = find(request, 1, &target);

    if (status)
        return status;
    if (target.data < target.name_end)
        return INVALID_PARAMETER;
    room = target.data <= request->size ? request->size - target.data : 0;
    status = request->driver->query(request->context, request->index, target.instance,
                                    room ? request->buffer + target.data : NULL, room, &size);
    if (status)
        return status;
    if (size > room || target.data > request->size)
        return too_small(request, (uint64_t)target.data + size);
    finish(request, &target, target.data, size, FLAG_SINGLE_INSTANCE);
    return SUCCESS;
}

static uint32_t execute(const struct request *request)
{
    struct target target;
    size_t size, room, data;
    uint32_t status = find(request, 0, &target);

    if (!status)
        status = check_data(request, &target);
    if (status)
        return status;
    data = target.data;
    if (data < target.name_end || data > request->size) {
        if (target.data_size)
            return INVALID_PARAMETER;
        data = align(target.name_end, 8);
    }
    room = data <= request->size ? request->size - data : 0;
    status = request->driver->execute(request->context, request->index, target.instance,
                                      target.item, request->buffer + (room ? data : 0),
                                      target.data_size, room, &size);
    if (status == BUFFER_TOO_SMALL)
        return too_small(request, (uint64_t)data + size);
    if (status)
        return status;
    if (data > request->size)
        data = request->size;
    finish(request, &target, data, size, FLAG_METHOD_ITEM);
    return SUCCESS;
}

static uint32_t change_instance(const struct request *request)
{
    struct target target;
    uint32_t item, status = find(request, 1, &target);

    if (!status)
        status = check_data(request, &target);
    if (status)
        return status;
    for (item = 0; item < request->block->item_count; item++)
        if (request->block->writable[item])
            return request->driver->set(request->context, request->index, target.instance,
                                        request->buffer + (target.data_size ? target.data : 0),
                                        target.data_size);
    return READ_ONLY;
}

static uint32_t change_item(const struct request *request)
{
    struct target target;
    uint32_t status = find(request, 0, &target);

    if (!status)
        status = check_data(request, &target);
    if (status)
        return status;
    if (target.item == 0 || target.item > request->block->item_count)
        return ITEMID_NOT_FOUND;
    if (!request->block->writable[target.item - 1])
        return READ_ONLY;
    return request->driver->set_item(request->context, request->index, target.instance, target.item,
                                     request->buffer + (target.data_size ? target.data : 0),
                                     target.data_size);
}

uint32_t dispatch(const struct driver *driver, void *context, uint8_t minor, const uint8_t guid[16],
                  int64_t time, uint8_t *buffer, size_t size, size_t *information)
{
    struct request request = {driver, NULL, context, 0, time, buffer, size, information};

    *information = 0;
    for (; request.index < driver->block_count; request.index++)
        if (!memcmp(driver->blocks[request.index].guid, guid, 16))
            break;
    if (request.index == driver->block_count)
        return GUID_NOT_FOUND;
    request.block = &driver->blocks[request.index];
    /* What was switched on is switched off, also when the block has gone. */
    if (minor != 5 && minor != 7 && !driver->is_present(context, request.index))
        return GUID_NOT_FOUND;
    if (minor == 0 && request.block->flags & BLOCK_EVENT_ONLY)
        return INVALID_DEVICE_REQUEST;
    if ((minor == 0 || minor == 1 || minor == 9) && size < sizeof(struct too_small))
        return BUFFER_TOO_SMALL;
    switch (minor) {
    case 0:
        return query_all(&request);
    case 1:
        return query_single(&request);
    case 2:
        return change_instance(&request);
    case 3:
        return change_item(&request);
    case 4:
    case 5:
        return driver->enable(context, request.index, minor == 4);
    case 6:
    case 7:
        return request.block->flags & BLOCK_EXPENSIVE
                   ? driver->collect(context, request.index, minor == 6)
                   : SUCCESS;
    case 9:
        return execute(&request);
    default:
        return INVALID_PARAMETER;
    }
}

/* Writes a counted string, and says where the next one goes. */
static size_t counted(uint8_t *to, size_t at, struct text text)
{
    uint16_t bytes = (uint16_t)(2 * text.length);

    memcpy(to + at, &bytes, sizeof bytes);
    memcpy(to + at + 2, text.units, bytes);
    return at + 2 + bytes;
}

uint32_t register_blocks(const struct driver *driver, void *context, uint8_t *buffer, size_t size,
                         size_t *information)
{
    size_t entries = sizeof(struct reg_info), at = entries, needed;
    struct reg_info info;
    uint32_t index;

    *information = 0;
    at += driver->block_count * sizeof(struct reg_guid);
    needed = at + 2 + 2 * (size_t)driver->registry_path.length + 2 +
             2 * (size_t)driver->mof_resource.length;
    for (index = 0; index < driver->block_count; index++)
        if (!(driver->blocks[index].flags & (BLOCK_PDO | BLOCK_DYNAMIC)))
            needed += 2 + 2 * (size_t)driver->base_name(context, index).length;
    if (needed > size) {
        uint32_t wanted = (uint32_t)needed;
        if (size < sizeof wanted)
            return BUFFER_TOO_SMALL;
        memcpy(buffer, &wanted, sizeof wanted);
        *information = sizeof wanted;
        return SUCCESS;
    }
    memset(&info, 0, sizeof info);
    info.buffer_size = (uint32_t)needed;
    info.guid_count = driver->block_count;
    info.registry_path = (uint32_t)at;
    at = counted(buffer, at, driver->registry_path);
    info.mof_resource_name = (uint32_t)at;
    at = counted(buffer, at, driver->mof_resource);
    memcpy(buffer, &info, sizeof info);
    for (index = 0; index < driver->block_count; index++) {
        const struct block *block = &driver->blocks[index];
        struct reg_guid guid;
        memset(&guid, 0, sizeof guid);
        memcpy(guid.guid, block->guid, 16);
        if (block->flags & BLOCK_EXPENSIVE)
            guid.flags |= REG_EXPENSIVE;
        if (block->flags & BLOCK_EVENT_ONLY)
            guid.flags |= REG_EVENT_ONLY_GUID;
        if (block->flags & BLOCK_PDO) {
            guid.flags |= REG_INSTANCE_PDO;
            guid.instance_count = driver->count(context, index);
            guid.instance_info = driver->pdo;
        } else if (!(block->flags & BLOCK_DYNAMIC)) {
            guid.flags |= REG_INSTANCE_BASENAME;
            guid.instance_count = driver->count(context, index);
            guid.instance_info = at;
            at = counted(buffer, at, driver->base_name(context, index));
        }
        memcpy(buffer + entries + index * sizeof guid, &guid, sizeof guid);
    }
    *information = needed;
    return SUCCESS;
}
