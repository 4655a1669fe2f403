/*
 * A WMI dispatcher as a careful driver author writes it in C: every offset is checked, every rule
 * that the Rust dispatcher keeps is kept, and the values come from callbacks of the driver. It is the
 * rival of the benches and shares no code with the crates.
 */
#ifndef DISPATCHER_H
#define DISPATCHER_H

#include <stddef.h>
#include <stdint.h>

enum {
    BLOCK_DYNAMIC = 1,    /* the instances have dynamic names */
    BLOCK_EVENT_ONLY = 2, /* the block cannot be queried */
    BLOCK_FIXED = 4,      /* all instances have fixed_size bytes */
    BLOCK_EXPENSIVE = 8,  /* WMI switches the collection on and off */
    BLOCK_PDO = 16,       /* the instances are named by the physical device object */
};

struct block {
    uint8_t guid[16];
    uint32_t flags;
    uint32_t fixed_size;
    uint32_t item_count;
    const uint8_t *writable; /* one byte per item */
};

/* A string of UTF-16 units. */
struct text {
    const uint16_t *units;
    uint32_t length;
};

/* The callbacks return an NTSTATUS; TOO_SMALL with the size that is needed in *size. */
struct driver {
    const struct block *blocks;
    uint32_t block_count;
    struct text registry_path;
    struct text mof_resource;
    uint64_t pdo;
    int (*is_present)(void *context, uint32_t block);
    uint32_t (*count)(void *context, uint32_t block);
    struct text (*name)(void *context, uint32_t block, uint32_t instance);
    struct text (*base_name)(void *context, uint32_t block);
    /* Writes where there is room for all of it; in any case says how many bytes there are. */
    uint32_t (*query)(void *context, uint32_t block, uint32_t instance, uint8_t *to, size_t room,
                      size_t *size);
    uint32_t (*set)(void *context, uint32_t block, uint32_t instance, const uint8_t *data,
                    size_t size);
    uint32_t (*set_item)(void *context, uint32_t block, uint32_t instance, uint32_t item,
                         const uint8_t *data, size_t size);
    uint32_t (*execute)(void *context, uint32_t block, uint32_t instance, uint32_t method,
                        uint8_t *data, size_t input, size_t room, size_t *size);
    uint32_t (*enable)(void *context, uint32_t block, int on);
    uint32_t (*collect)(void *context, uint32_t block, int on);
};

/* IRP_MN_QUERY_ALL_DATA and those after it; the answer to a request for a block. */
uint32_t dispatch(const struct driver *driver, void *context, uint8_t minor, const uint8_t guid[16],
                  int64_t time, uint8_t *buffer, size_t size, size_t *information);

/* IRP_MN_REGINFO_EX with WMIREGISTER, for blocks that are all present. */
uint32_t register_blocks(const struct driver *driver, void *context, uint8_t *buffer, size_t size,
                         size_t *information);

#endif
