/*
 * Functions that have no safe use here. Included by str.h and so by every file; the
 * compiler stops at a use. Time functions that read the process's zone or a shared buffer
 * are banned as well: base/timezone.c is the one place that asks the C library for zones.
 */
#ifndef BASE_BANNED_H
#define BASE_BANNED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#pragma GCC poison strcpy strcat strncpy strncat sprintf vsprintf gets strtok strtok_r
#pragma GCC poison atoi atol atof ctime ctime_r asctime asctime_r gmtime localtime

#endif
