/* <errno.h>: one thread, one variable. The numbers are those of Linux. */
#ifndef ZKVM_ERRNO_H
#define ZKVM_ERRNO_H

extern int errno;
#define errno errno

#define EPERM 1
#define ENOENT 2
#define EINTR 4
#define EIO 5
#define EBADF 9
#define EAGAIN 11
#define EWOULDBLOCK EAGAIN
#define ENOMEM 12
#define EACCES 13
#define EFAULT 14
#define EBUSY 16
#define EEXIST 17
#define EINVAL 22
#define EDOM 33
#define ERANGE 34
#define ENOSYS 38
#define EILSEQ 84
#define EOVERFLOW 75

#endif
