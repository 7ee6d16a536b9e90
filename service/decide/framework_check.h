/* SPDX-License-Identifier: Apache-2.0 */
/* Whether a definition that is well-formed can also work. Private to decide/. */
#ifndef COHELM_FRAMEWORK_CHECK_H
#define COHELM_FRAMEWORK_CHECK_H

#include "definition.h"
#include "framework.h"

/* Adds every fault. What could not be read (and so has its fault) may be missing in `framework`. */
void framework_check(struct definition *d, const struct framework *framework);

#endif
