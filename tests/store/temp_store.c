/* tests/store/temp_store.c: see the header. */
#include "tests/store/temp_store.h"

#include <check.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

const char *const temp_drivers[] = {"memory", "sqlite"};
_Static_assert(SL_ARRAY_LEN(temp_drivers) == TEMP_DRIVER_COUNT, "");

void temp_store_make(temp_store *temp, const char *driver)
{
    const char *base = getenv("TMPDIR");
    snprintf(temp->folder, sizeof temp->folder, "%s/sluice-test-XXXXXX", base ? base : "/tmp");
    ck_assert_msg(mkdtemp(temp->folder) != NULL, "cannot make %s", temp->folder);
    ck_assert_uint_lt(
        (unsigned)snprintf(temp->path, sizeof temp->path, "%.400s/test.db", temp->folder),
        sizeof temp->path);
    if (strcmp(driver, "memory") == 0)
        snprintf(temp->url, sizeof temp->url, "memory:");
    else
        snprintf(temp->url, sizeof temp->url, "%s:%.480s", driver, temp->path);
}

void temp_store_remove(temp_store *temp)
{
    DIR *folder = opendir(temp->folder);
    if (!folder)
        return;
    for (const struct dirent *entry; (entry = readdir(folder));)
        unlinkat(dirfd(folder), entry->d_name, 0);
    closedir(folder);
    rmdir(temp->folder);
}
