/* tests/store/temp_store.h: a store of each driver in a folder that is gone afterwards. */
#pragma once

#include "base/base.h"

enum { TEMP_PATH_SIZE = 512 };

typedef struct temp_store {
    char folder[TEMP_PATH_SIZE];
    char path[TEMP_PATH_SIZE]; /* the database's file */
    char url[TEMP_PATH_SIZE];  /* "memory:" or "sqlite:…/test.db" */
} temp_store;

/* Names of the drivers that every test of a store runs over. */
extern const char *const temp_drivers[];
enum { TEMP_DRIVER_COUNT = 2 };

/* Fails the test when the folder cannot be made. Nothing is opened yet. */
void temp_store_make(temp_store *temp, const char *driver);
/* Remove the folder with what the store left in it. */
void temp_store_remove(temp_store *temp);
