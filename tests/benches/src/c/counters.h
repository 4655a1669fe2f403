#ifndef COUNTERS_H
#define COUNTERS_H

#include <stddef.h>
#include <stdint.h>

/* The items of the flagship's class. */
enum { ITEMS = 21 };

struct counters {
    const uint64_t (*values)[ITEMS];
    uint32_t instances;
};

uint32_t count_counters(void *context, uint32_t block);
uint32_t query_counters(void *context, uint32_t block, uint32_t instance, uint8_t *to, size_t room,
                        size_t *size);

#endif
