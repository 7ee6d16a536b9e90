/* SPDX-License-Identifier: Apache-2.0 */
#include "helper.h"

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>

struct helper {
    pthread_t thread;
    sem_t begun;
    void (*work)(void *subject); /* NULL: it is to end */
    void *subject;
    struct helper *next;
};

static void *help(void *arg)
{
    struct helper *helper = arg;
    for (;;) {
        while (sem_wait(&helper->begun) < 0 && errno == EINTR)
            ;
        if (!helper->work)
            return NULL;
        helper->work(helper->subject);
    }
}

static struct helper *helper_new(void)
{
    struct helper *helper = calloc(1, sizeof *helper);
    if (!helper)
        return NULL;
    (void)sem_init(&helper->begun, 0, 0);
    if (pthread_create(&helper->thread, NULL, help, helper) == 0)
        return helper;
    (void)sem_destroy(&helper->begun);
    free(helper);
    return NULL;
}

struct helper *helper_take(struct helper **idle)
{
    struct helper *helper = *idle;
    if (!helper)
        return helper_new();
    *idle = helper->next;
    return helper;
}

void helper_begin(struct helper *helper, void (*work)(void *subject), void *subject)
{
    helper->work = work;
    helper->subject = subject;
    (void)sem_post(&helper->begun);
}

void helper_give_back(struct helper **idle, struct helper *helper)
{
    helper->next = *idle;
    *idle = helper;
}

void helpers_free(struct helper *idle)
{
    for (struct helper *helper = idle, *next; helper; helper = next) {
        next = helper->next;
        helper_begin(helper, NULL, NULL);
        pthread_join(helper->thread, NULL);
        (void)sem_destroy(&helper->begun);
        free(helper);
    }
}
