/* Memory up to its limits and beyond. */
#ifndef LIMITS_H
#define LIMITS_H
#include <stdint.h>

void one_block(uint32_t length);
void many_blocks(uint32_t length);
void stack_arrays(void);

#endif
