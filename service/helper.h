/* SPDX-License-Identifier: Apache-2.0 */
/* Threads that do for a loop's fibers what would keep its own thread long. There are as many as
 * ever had work at once, and they wait for more; beginning a thread for each, and waiting for its
 * end, would hold up the loop. All but helper_begin's work runs on the loop's thread. */
#ifndef COHELM_HELPER_H
#define COHELM_HELPER_H

struct helper;

/* One of `*idle`, or a new one; NULL: no thread can be had. */
struct helper *helper_take(struct helper **idle);

/* Has it run `work`, which says by itself when it is done: the helper can be given back then. */
void helper_begin(struct helper *helper, void (*work)(void *subject), void *subject);
void helper_give_back(struct helper **idle, struct helper *helper);

/* Ends them and waits for that. */
void helpers_free(struct helper *idle);

#endif
