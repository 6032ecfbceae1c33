/* <unistd.h>: declared, so that code which can also use files compiles; a program that does use them does not link. */
#ifndef ZKVM_UNISTD_H
#define ZKVM_UNISTD_H

#include <stddef.h>
#include <sys/types.h>

#define STDIN_FILENO 0
#define STDOUT_FILENO 1
#define STDERR_FILENO 2
#ifndef SEEK_SET
#define SEEK_SET 0
#define SEEK_CUR 1
#define SEEK_END 2
#endif

ssize_t read(int descriptor, void *bytes, size_t length);
ssize_t write(int descriptor, const void *bytes, size_t length);
off_t lseek(int descriptor, off_t offset, int origin);
int close(int descriptor);
int unlink(const char *path);
int access(const char *path, int mode);
int isatty(int descriptor);
pid_t getpid(void);
unsigned int sleep(unsigned int seconds);
void _exit(int code) __attribute__((noreturn));

#endif
