/* <sys/types.h> */
#ifndef ZKVM_SYS_TYPES_H
#define ZKVM_SYS_TYPES_H

#include <stddef.h>
#include <stdint.h>

typedef int ssize_t;
typedef long off_t;
typedef int pid_t;
typedef unsigned int uint;
typedef unsigned short ushort;
typedef unsigned long ulong;

#endif
