/* SPDX-License-Identifier: Apache-2.0 */
#include "principal.h"

#include <stdio.h>
#include <string.h>

bool principal_is_id(const char *text)
{
    for (int i = 0; i < PRINCIPAL_ID_LEN; i++) {
        char c = text[i]; /* a NUL is neither a dash nor a digit, so this stops in time */
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash ? c != '-' : !((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f')))
            return false;
    }
    return text[PRINCIPAL_ID_LEN] == '\0';
}

/* FNV-1a; ids are made by the service, so nobody chooses collisions. */
static uint64_t hash(const char *text)
{
    uint64_t value = 0xcbf29ce484222325;
    for (; *text; text++)
        value = (value ^ (unsigned char)*text) * 0x100000001b3;
    return value;
}

bool principal_init(struct principal *principal, const char *id, const char *organisation_id,
                    const char *scope, bool is_service)
{
    if (!principal_is_id(id) || (organisation_id && !principal_is_id(organisation_id)))
        return false;
    *principal = (struct principal){.scope = scope, .is_service = is_service, .rate_key = hash(id)};
    memcpy(principal->id, id, PRINCIPAL_ID_LEN);
    if (organisation_id)
        memcpy(principal->organisation_id, organisation_id, PRINCIPAL_ID_LEN);
    (void)snprintf(principal->composite, sizeof principal->composite, "(%s,%s,)", principal->id,
                   principal->organisation_id);
    return true;
}

bool principal_allows(const struct principal *principal, const char *permission)
{
    if (!principal->scope)
        return true;
    const char *word = principal->scope;
    while (*word) {
        size_t len = strcspn(word, " ");
        bool any = len && word[len - 1] == '*' && (len == 1 || word[len - 2] == '.');
        if (any && strncmp(word, permission, len - 1) == 0)
            return true;
        if (!any && len && len == strlen(permission) && memcmp(word, permission, len) == 0)
            return true;
        word += len + (word[len] == ' ');
    }
    return false;
}
